import type { WindowTable } from "./table.js";

/** First members as they were at a height, of those groups alone that changed after it and before the next height kept. */
interface Past {
  readonly height: bigint;
  readonly firsts: WindowTable;
  /** Members that were withdrawn since; they are not needed once this height is dropped. */
  readonly withdrawn: number[];
}

/**
 * The heights at which unsettled batches were formed, with what changed since. A change is written once, to the newest
 * height before it, so a block costs its own changes; an answer looks at one table for each height from the asked one on.
 */
export class PastFirsts {
  readonly #table: () => WindowTable;
  #kept: Past[] = [];

  /** @param table makes an empty table */
  constructor(table: () => WindowTable) {
    this.#table = table;
  }

  /** Size of the arrays in bytes. */
  get bytes(): number {
    return this.#kept.reduce((sum, { firsts }) => sum + firsts.bytes, 0);
  }

  /** Whether anything must be kept of what changes now. */
  get isNeeded(): boolean {
    return this.#kept.length > 0;
  }

  /**
   * Keeps these heights from now on: all before the changes that follow. One that is no longer among them goes with the
   * older ones.
   * @param heights ascending
   * @param forget called with members that no kept height knows any more
   */
  keep(heights: readonly bigint[], forget: (id: number) => void): void {
    const wanted = new Set(heights);
    let gone = 0;
    while (gone < this.#kept.length && !wanted.has(this.#kept[gone]!.height)) gone++;
    for (const { withdrawn } of this.#kept.splice(0, gone)) withdrawn.forEach(forget);
    const last = this.#kept.at(-1)?.height ?? -1n;
    for (const height of heights) {
      if (height > last) this.#kept.push({ height, firsts: this.#table(), withdrawn: [] });
    }
  }

  /** Notes who was first until now. */
  changed(datanet: number, high: number, low: number, before: number): void {
    const newest = this.#kept.at(-1);
    if (newest === undefined || before === 0 || newest.firsts.get(datanet, high, low) !== 0) return;
    newest.firsts.set(datanet, high, low, before);
  }

  /** Notes a member that has left. False if no kept height needs it. */
  withdrew(id: number): boolean {
    return (this.#kept.at(-1)?.withdrawn.push(id) ?? 0) > 0;
  }

  /** Whether anything has changed since the block of that height. */
  hasChangedSince(height: bigint): boolean {
    for (const past of this.#kept) if (past.height >= height && past.firsts.size > 0) return true;
    return false;
  }

  /**
   * Who was first after the block of that height; 0 if it is who is first now, or somebody who came later.
   * @param hash of the key, under the secret bits of all tables
   */
  first(hash: number, datanet: number, high: number, low: number, height: bigint): number {
    for (const past of this.#kept) {
      if (past.height < height || past.firsts.size === 0) continue;
      const first = past.firsts.getAt(hash, datanet, high, low);
      if (first !== 0) return first;
    }
    return 0;
  }
}
