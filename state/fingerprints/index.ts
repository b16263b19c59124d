import { assert } from "#proto/assert.js";
import { readU32be, type Bytes } from "#proto/bytes.js";
import { FINGERPRINT_BYTES } from "#proto/attribution/fingerprint.js";
import type { FingerprintLookup } from "../context.js";
import { completeChunks, completedAt, fingerprintChunks } from "../modules/datanet/index.js";
import type { ReadView } from "../store/view.js";
import { SLOT_WORDS, slotHash } from "./slots.js";

const SLOTS_MIN = 1 << 10;
const HOLDER_ID_MAX = 0xffff_ffffn;

/**
 * In-memory index of fingerprint holders: open addressing over one interleaved array, doubled when half full. 32 bytes
 * per fingerprint at that load, 100 to 400 ns per lookup. Most fingerprints have one holder; further ones are in linked
 * lists. It contains only what the state contains, so a rebuilt index answers like a grown one.
 */
export class FingerprintIndex implements FingerprintLookup {
  readonly #key0: number;
  readonly #key1: number;
  #slots = new Uint32Array(SLOTS_MIN * SLOT_WORDS);
  #count = 0;
  /** Pairs of holder and next pair; pair n starts at 2n, 0 ends a list. */
  #others = new Uint32Array(64);
  #othersEnd = 2;

  /** @param seed 8 bytes that contributors do not know; answers do not depend on it */
  constructor(seed: Bytes) {
    assert(seed.length === 8, "the seed of a fingerprint index is 8 bytes");
    this.#key0 = readU32be(seed);
    this.#key1 = readU32be(seed, 4);
  }

  /** Number of distinct fingerprints. */
  get size(): number {
    return this.#count;
  }

  holders(fingerprint: Bytes): readonly bigint[] {
    assert(fingerprint.length === FINGERPRINT_BYTES, "a fingerprint is 8 bytes");
    const slots = this.#slots;
    const at = find(slots, readU32be(fingerprint), readU32be(fingerprint, 4), this.#key0, this.#key1);
    const first = slots[at + 2]!;
    if (first === 0) return [];
    const ids = [first];
    for (let pair = slots[at + 3]!; pair !== 0; pair = this.#others[2 * pair + 1]!) ids.push(this.#others[2 * pair]!);
    return ids.sort((a, b) => a - b).map(BigInt);
  }

  /** Adds packed fingerprints of one contribution, all distinct. Asserts an id of 1 to 2^32 - 1. */
  add(id: bigint, packed: Bytes): void {
    assert(id > 0n && id <= HOLDER_ID_MAX, "a holder's id fits 32 bits");
    const holder = Number(id);
    for (let at = 0; at < packed.length; at += FINGERPRINT_BYTES) {
      this.#insert(readU32be(packed, at), readU32be(packed, at + 4), holder);
    }
  }

  /**
   * Adds the contributions that the block of this height completed. Called once after each commit, with the committed
   * state.
   */
  extend(base: ReadView, height: bigint): void {
    for (const id of completedAt(base, height)) {
      for (const packed of fingerprintChunks(base, id)) this.add(id, packed);
    }
  }

  #insert(high: number, low: number, holder: number): void {
    let at = find(this.#slots, high, low, this.#key0, this.#key1);
    if (this.#slots[at + 2] !== 0) {
      this.#slots[at + 3] = this.#pair(holder, this.#slots[at + 3]!);
      return;
    }
    if (2 * (this.#count + 1) * SLOT_WORDS > this.#slots.length) {
      this.#grow();
      at = find(this.#slots, high, low, this.#key0, this.#key1);
    }
    this.#slots.set([high, low, holder, 0], at);
    this.#count++;
  }

  #pair(holder: number, next: number): number {
    if (this.#othersEnd === this.#others.length) {
      const larger = new Uint32Array(2 * this.#others.length);
      larger.set(this.#others);
      this.#others = larger;
    }
    const pair = this.#othersEnd / 2;
    this.#others[this.#othersEnd++] = holder;
    this.#others[this.#othersEnd++] = next;
    return pair;
  }

  #grow(): void {
    const before = this.#slots;
    const larger = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += SLOT_WORDS) {
      if (before[at + 2] === 0) continue;
      const to = find(larger, before[at]!, before[at + 1]!, this.#key0, this.#key1);
      for (let i = 0; i < SLOT_WORDS; i++) larger[to + i] = before[at + i]!;
    }
    this.#slots = larger;
  }
}

/** Word at which the fingerprint's slot begins: its own, or the free one where it would stand. */
function find(slots: Uint32Array, high: number, low: number, key0: number, key1: number): number {
  const mask = slots.length / SLOT_WORDS - 1;
  let slot = slotHash(high, low, key0, key1) & mask;
  for (;;) {
    const at = slot * SLOT_WORDS;
    if (slots[at + 2] === 0 || (slots[at] === high && slots[at + 1] === low)) return at;
    slot = (slot + 1) & mask;
  }
}

/**
 * Builds the index of a whole state at a node's start. Reads every chunk once: about 0.1 s for 4 million fingerprints.
 * @param seed 8 secret bytes
 */
export function buildIndex(base: ReadView, seed: Bytes): FingerprintIndex {
  const index = new FingerprintIndex(seed);
  for (const [id, packed] of completeChunks(base)) index.add(id, packed);
  return index;
}
