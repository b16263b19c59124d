import type { Bytes } from "#proto/bytes.js";

/** Eight leaves: what buckets are split at, on average. */
const SLOT_BYTES = 512;
const NOBODY = -1;

/**
 * Buckets of late, in one block of memory: an array for each would cost the engine more than the bytes that it holds.
 * A bucket has one slot, which it shares with those whose id is the same below the mask; a larger one is kept apart.
 */
export class BucketCache {
  readonly #mask: number;
  readonly #ids: Int32Array;
  readonly #lengths: Uint16Array;
  readonly #bytes: Bytes;
  /** Bucket of a slot that is longer than the slot. */
  readonly #large = new Map<number, Bytes>();

  /** @param slots a power of two; the system gives memory only to those that are used */
  constructor(slots: number) {
    this.#mask = slots - 1;
    this.#ids = new Int32Array(slots).fill(NOBODY);
    this.#lengths = new Uint16Array(slots);
    this.#bytes = new Uint8Array(slots * SLOT_BYTES);
  }

  /** The bytes stay as they are until the next `set`. */
  get(id: number): Bytes | undefined {
    const slot = id & this.#mask;
    if (this.#ids[slot] !== id) return undefined;
    const at = slot * SLOT_BYTES;
    return this.#large.get(slot) ?? this.#bytes.subarray(at, at + this.#lengths[slot]!);
  }

  set(id: number, entries: Bytes): void {
    const slot = id & this.#mask;
    this.#ids[slot] = id;
    if (entries.length > SLOT_BYTES) {
      this.#large.set(slot, entries.slice());
      return;
    }
    if (this.#large.size > 0) this.#large.delete(slot);
    this.#bytes.set(entries, slot * SLOT_BYTES);
    this.#lengths[slot] = entries.length;
  }
}
