import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";

/** Blocks of the current height that consensus may still decide on. A height sees one a round, and few rounds. */
const BLOCKS_MAX = 8;

export class BlocksInFlight {
  readonly #blocks = new Map<string, Bytes>();

  get(hash: Bytes): Bytes | undefined {
    return this.#blocks.get(toHex(hash));
  }

  /** @returns whether it is new */
  put(hash: Bytes, bytes: Bytes): boolean {
    const key = toHex(hash);
    const known = this.#blocks.get(key);
    if (known !== undefined && equalBytes(known, bytes)) return false;
    this.#blocks.set(key, bytes);
    if (this.#blocks.size > BLOCKS_MAX) {
      const [oldest] = this.#blocks.keys();
      this.#blocks.delete(oldest!);
    }
    return true;
  }

  clear(): void {
    this.#blocks.clear();
  }
}
