import type { Bytes } from "#proto/bytes.js";

/** Eight leaves: what buckets are split at, on average. */
const SLOT_BYTES = 512;
const NOBODY = -1;

/**
 * Buckets of late, in one block of memory: an array for each would cost the engine more than the bytes that it holds.
 * A bucket has two slots to be in, which it shares with those whose id is the same below the mask: with one, a twentieth of
 * what a height reads would be gone again when it is written. A bucket larger than a slot is kept apart.
 */
export class BucketCache {
  readonly #mask: number;
  readonly #ids: Int32Array;
  readonly #lengths: Uint16Array;
  readonly #bytes: Bytes;
  /** Of each pair of slots, the one used last. */
  readonly #recent: Uint8Array;
  /** Bucket of a slot that is longer than the slot. */
  readonly #large = new Map<number, Bytes>();

  /** @param slots a power of two, at least two; the system gives memory only to those that are used */
  constructor(slots: number) {
    this.#mask = slots / 2 - 1;
    this.#ids = new Int32Array(slots).fill(NOBODY);
    this.#lengths = new Uint16Array(slots);
    this.#bytes = new Uint8Array(slots * SLOT_BYTES);
    this.#recent = new Uint8Array(slots / 2);
  }

  /** The bytes stay as they are until the next `set`. */
  get(id: number): Bytes | undefined {
    const slot = this.#slotOf(id);
    if (slot === undefined) return undefined;
    this.#recent[slot >> 1] = slot & 1;
    const at = slot * SLOT_BYTES;
    return this.#large.get(slot) ?? this.#bytes.subarray(at, at + this.#lengths[slot]!);
  }

  set(id: number, entries: Bytes): void {
    const pair = id & this.#mask;
    const slot = this.#slotOf(id) ?? 2 * pair + 1 - this.#recent[pair]!;
    this.#recent[pair] = slot & 1;
    this.#ids[slot] = id;
    if (entries.length > SLOT_BYTES) {
      this.#large.set(slot, entries.slice());
      return;
    }
    if (this.#large.size > 0) this.#large.delete(slot);
    this.#bytes.set(entries, slot * SLOT_BYTES);
    this.#lengths[slot] = entries.length;
  }

  #slotOf(id: number): number | undefined {
    const first = 2 * (id & this.#mask);
    if (this.#ids[first] === id) return first;
    return this.#ids[first + 1] === id ? first + 1 : undefined;
  }
}
