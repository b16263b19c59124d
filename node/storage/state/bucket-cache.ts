import type { Bytes } from "#proto/bytes.js";

/** Eight leaves: what buckets are split at, on average. */
const SLOT_BYTES = 512;
const NOBODY = -1;

/** Slots that a bucket may be in. With one or two, some buckets that a height has read would be gone when it is written. */
const WAYS = 4;

/**
 * Buckets of late, in one block of memory: an array for each would cost the engine more than the bytes that it holds.
 * A bucket shares its slots with those whose id is the same below the mask; the one that came first makes room.
 */
export class BucketCache {
  readonly #mask: number;
  readonly #ids: Int32Array;
  readonly #lengths: Uint16Array;
  readonly #bytes: Bytes;
  /** Of each set of slots, the one to be used next. */
  readonly #next: Uint8Array;
  /** Bucket of a slot that is longer than the slot. */
  readonly #large = new Map<number, Bytes>();

  /** @param slots a power of two, at least `WAYS`; the system gives memory only to those that are used */
  constructor(slots: number) {
    this.#mask = slots / WAYS - 1;
    this.#ids = new Int32Array(slots).fill(NOBODY);
    this.#lengths = new Uint16Array(slots);
    this.#bytes = new Uint8Array(slots * SLOT_BYTES);
    this.#next = new Uint8Array(slots / WAYS);
  }

  /** The bytes stay as they are until the next `set`. */
  get(id: number): Bytes | undefined {
    const slot = this.#slotOf(id);
    if (slot === undefined) return undefined;
    const at = slot * SLOT_BYTES;
    return this.#large.get(slot) ?? this.#bytes.subarray(at, at + this.#lengths[slot]!);
  }

  set(id: number, entries: Bytes): void {
    const slot = this.#slotOf(id) ?? this.#take(id);
    if (entries.length > SLOT_BYTES) {
      this.#large.set(slot, entries.slice());
      return;
    }
    if (this.#large.size > 0) this.#large.delete(slot);
    this.#bytes.set(entries, slot * SLOT_BYTES);
    this.#lengths[slot] = entries.length;
  }

  #slotOf(id: number): number | undefined {
    const first = WAYS * (id & this.#mask);
    for (let slot = first; slot < first + WAYS; slot++) if (this.#ids[slot] === id) return slot;
    return undefined;
  }

  #take(id: number): number {
    const set = id & this.#mask;
    const slot = WAYS * set + this.#next[set]!;
    this.#next[set] = (this.#next[set]! + 1) % WAYS;
    this.#ids[slot] = id;
    return slot;
  }
}
