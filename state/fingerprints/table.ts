import { SLOT_WORDS, slotHash } from "./slots.js";

const SLOTS_MIN = 1 << 10;

/**
 * Open addressing over one interleaved array, from (datanet, fingerprint) to a value above 0; doubled when half full. 32
 * bytes per entry at that load.
 */
export class WindowTable {
  readonly #key0: number;
  readonly #key1: number;
  #slots = new Uint32Array(SLOTS_MIN * SLOT_WORDS);
  #count = 0;

  /** @param key0 and `key1`: 64 secret bits; answers do not depend on them */
  constructor(key0: number, key1: number) {
    this.#key0 = key0;
    this.#key1 = key1;
  }

  /** Number of entries. */
  get size(): number {
    return this.#count;
  }

  /** Size of the array in bytes. */
  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** The hash of a key, for `getAt` of this and of every other table with the same secret bits. */
  hashOf(datanet: number, high: number, low: number): number {
    return slotHash(datanet, high, low, this.#key0, this.#key1);
  }

  /** 0 without an entry. */
  get(datanet: number, high: number, low: number): number {
    return this.getAt(this.hashOf(datanet, high, low), datanet, high, low);
  }

  /** The same for a key whose hash is known. */
  getAt(hash: number, datanet: number, high: number, low: number): number {
    return this.#slots[this.#findAt(this.#slots, hash, datanet, high, low) + 3]!;
  }

  /** @param value above 0 */
  set(datanet: number, high: number, low: number, value: number): void {
    let at = this.#find(this.#slots, datanet, high, low);
    if (this.#slots[at + 3] === 0) {
      if (2 * (this.#count + 1) * SLOT_WORDS > this.#slots.length) {
        this.#grow();
        at = this.#find(this.#slots, datanet, high, low);
      }
      this.#count++;
      this.#slots[at] = datanet;
      this.#slots[at + 1] = high;
      this.#slots[at + 2] = low;
    }
    this.#slots[at + 3] = value;
  }

  /** Closes the gap instead of marking it, so that entries that came and went cost later lookups nothing. */
  delete(datanet: number, high: number, low: number): void {
    const slots = this.#slots;
    let gap = this.#find(slots, datanet, high, low);
    if (slots[gap + 3] === 0) return;
    this.#count--;
    const mask = slots.length - 1;
    for (let at = (gap + SLOT_WORDS) & mask; slots[at + 3] !== 0; at = (at + SLOT_WORDS) & mask) {
      const home = this.#home(slots, slots[at]!, slots[at + 1]!, slots[at + 2]!);
      // It may move to the gap only if the gap is not before its home, going round.
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      slots.copyWithin(gap, at, at + SLOT_WORDS);
      gap = at;
    }
    slots[gap + 3] = 0;
  }

  #home(slots: Uint32Array, datanet: number, high: number, low: number): number {
    return (this.hashOf(datanet, high, low) * SLOT_WORDS) & (slots.length - 1);
  }

  /** Word at which the entry's slot begins: its own, or the free one where it would stand. */
  #find(slots: Uint32Array, datanet: number, high: number, low: number): number {
    return this.#findAt(slots, this.hashOf(datanet, high, low), datanet, high, low);
  }

  #findAt(slots: Uint32Array, hash: number, datanet: number, high: number, low: number): number {
    const mask = slots.length - 1;
    for (let at = (hash * SLOT_WORDS) & mask; ; at = (at + SLOT_WORDS) & mask) {
      if (slots[at + 3] === 0) return at;
      if (slots[at + 2] === low && slots[at + 1] === high && slots[at] === datanet) return at;
    }
  }

  #grow(): void {
    const before = this.#slots;
    const larger = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += SLOT_WORDS) {
      if (before[at + 3] === 0) continue;
      const to = this.#find(larger, before[at]!, before[at + 1]!, before[at + 2]!);
      for (let i = 0; i < SLOT_WORDS; i++) larger[to + i] = before[at + i]!;
    }
    this.#slots = larger;
  }
}
