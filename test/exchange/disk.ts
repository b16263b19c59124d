import type { SeededRandom } from "#test/simulation/random.js";

/** A book on a disk that keeps what is synced, in order. A row in memory and not yet synced is lost with the process. */
export class Disk<R> {
  readonly rows: R[] = [];
  readonly #waiting: { readonly row: R; readonly then: () => void }[] = [];

  write(row: R, then: () => void): void {
    this.#waiting.push({ row, then });
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  /** The oldest waiting row is synced, and its writer goes on. */
  sync(): void {
    const first = this.#waiting.shift();
    if (first === undefined) return;
    this.rows.push(first.row);
    first.then();
  }

  /** The process is killed: some of the waiting rows reached the disk, but their writer never learns it. */
  kill(random: SeededRandom): void {
    const reached = random.below(this.#waiting.length + 1);
    this.rows.push(
      ...this.#waiting
        .splice(0)
        .slice(0, reached)
        .map(({ row }) => row),
    );
  }
}
