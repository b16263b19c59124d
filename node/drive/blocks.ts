import type { Bytes } from "#proto/bytes.js";
import { blockKey, type BlockId } from "#proto/types/block-id.js";

/** Blocks of the current height that consensus may still decide on: as many as it keeps values. An id has one body. */
export class BlocksInFlight {
  readonly #blocks = new Map<string, Bytes>();

  get(id: BlockId): Bytes | undefined {
    return this.#blocks.get(blockKey(id));
  }

  /** @returns whether it is new */
  put(id: BlockId, bytes: Bytes): boolean {
    const key = blockKey(id);
    if (this.#blocks.has(key)) return false;
    this.#blocks.set(key, bytes);
    return true;
  }

  /** Drops what consensus has dropped: a decided block is always among the rest. */
  retain(ids: readonly BlockId[]): void {
    const kept = new Set(ids.map(blockKey));
    for (const key of this.#blocks.keys()) if (!kept.has(key)) this.#blocks.delete(key);
  }

  clear(): void {
    this.#blocks.clear();
  }
}
