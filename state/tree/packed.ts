import { assert } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { ENTRY_BYTES, entryIndex, entryOf, HASH_BYTES } from "./entries.js";

/** Words of 4 bytes, by which hashes are copied: eight of them cost a tenth of what two views do. */
export const HASH_WORDS = HASH_BYTES / 4;
/** 32-bit words per entry. */
export const ENTRY_WORDS = ENTRY_BYTES / 4;

/** Entries of many subtrees, one subtree after the other in one piece of memory. The last one can be edited. */
export class Packed {
  #bytes: Bytes;
  #words: Int32Array;
  #count = 0;

  /** @param entries how many it has room for at first */
  constructor(entries: number) {
    this.#bytes = new Uint8Array(entries * ENTRY_BYTES);
    this.#words = new Int32Array(this.#bytes.buffer);
  }

  /** How many entries there are. */
  get count(): number {
    return this.#count;
  }

  /** How many it has room for. */
  get room(): number {
    return this.#bytes.length / ENTRY_BYTES;
  }

  /** The memory: it is another one after it has grown. */
  get bytes(): Bytes {
    return this.#bytes;
  }

  /** The entries as words; valid until the next append. */
  get words(): Int32Array {
    return this.#words;
  }

  /** Entries from index `from` to `to`, exclusive; a view, not a copy. */
  slice(from: number, to: number): Bytes {
    return this.#bytes.subarray(from * ENTRY_BYTES, to * ENTRY_BYTES);
  }

  /** Appends the entries of a bucket. Asserts that they are whole. */
  append(entries: Bytes): void {
    const count = entries.length / ENTRY_BYTES;
    assert(Number.isInteger(count), "a bucket is not made of whole entries");
    this.#reserve(this.#count + count);
    this.#bytes.set(entries, this.#count * ENTRY_BYTES);
    this.#count += count;
  }

  /** Forgets the entries from there on. */
  cut(from: number): void {
    this.#count = from;
  }

  /** Gives a key hash this leaf among the entries from `from` on, or none. @returns what that changed */
  edit(from: number, keyHash: Bytes, leaf: Bytes | undefined): "added" | "removed" | "replaced" | undefined {
    const at = entryIndex(this.#bytes, keyHash, from, this.#count);
    if (entryOf(this.#bytes, at, this.#count, keyHash)) {
      if (leaf === undefined) return this.#remove(at);
      return copyBytes(leaf, this.#bytes, at * ENTRY_BYTES + HASH_BYTES) ? "replaced" : undefined;
    }
    if (leaf === undefined) return undefined;
    this.#reserve(this.#count + 1);
    this.#bytes.copyWithin((at + 1) * ENTRY_BYTES, at * ENTRY_BYTES, this.#count++ * ENTRY_BYTES);
    copyBytes(keyHash, this.#bytes, at * ENTRY_BYTES);
    copyBytes(leaf, this.#bytes, at * ENTRY_BYTES + HASH_BYTES);
    return "added";
  }

  #remove(at: number): "removed" {
    this.#bytes.copyWithin(at * ENTRY_BYTES, (at + 1) * ENTRY_BYTES, this.#count-- * ENTRY_BYTES);
    return "removed";
  }

  #reserve(count: number): void {
    if (count * ENTRY_BYTES <= this.#bytes.length) return;
    const bytes = new Uint8Array(2 * count * ENTRY_BYTES);
    bytes.set(this.slice(0, this.#count));
    this.#bytes = bytes;
    this.#words = new Int32Array(bytes.buffer);
  }
}

/** Whether the bytes there were others. Byte by byte: for a hash cheaper than a view. */
function copyBytes(from: Bytes, to: Bytes, at: number): boolean {
  let differs = false;
  for (let i = 0; i < from.length; i++) {
    if (to[at + i] === from[i]) continue;
    to[at + i] = from[i]!;
    differs = true;
  }
  return differs;
}

/** Copies `count` words. */
export function copyWords(from: Int32Array, at: number, to: Int32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[at + i]!;
}
