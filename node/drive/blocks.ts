import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";

/** Blocks of the current height that consensus may still decide on: as many as it keeps values. */
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
    return true;
  }

  /** Drops what consensus has dropped: a decided block is always among the rest. */
  retain(hashes: readonly Bytes[]): void {
    const kept = new Set(hashes.map(toHex));
    for (const key of this.#blocks.keys()) if (!kept.has(key)) this.#blocks.delete(key);
  }

  clear(): void {
    this.#blocks.clear();
  }
}
