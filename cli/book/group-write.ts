import type { Db, Write } from "#node/storage/database/db.js";

interface Waiting {
  readonly writes: readonly Write[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Synced writes of many requests at once: what comes while the disk is busy goes with the next write, in order. So 64 answers
 * that end together cost two or three syncs. After a failed write nothing more is written: what is in memory could run ahead.
 */
export class GroupWriter {
  readonly #db: Db;
  #waiting: Waiting[] = [];
  #isWriting = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Resolves once these writes, and all before them, last through a loss of power. */
  write(writes: readonly Write[]): Promise<void> {
    return new Promise((done, failed) => {
      if (this.#failure !== undefined) {
        failed(this.#failure.error);
        return;
      }
      this.#waiting.push({ writes, done, failed });
      if (!this.#isWriting) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#failure !== undefined) throw this.#failure.error;
        await this.#db.write(
          group.flatMap(({ writes }) => writes),
          { sync: true },
        );
        for (const { done } of group) done();
      } catch (error) {
        this.#failure = { error };
        for (const { failed } of group) failed(error);
      }
    }
    this.#isWriting = false;
  }
}
