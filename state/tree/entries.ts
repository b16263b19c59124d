import type { Arena } from "#proto/arena.js";
import { assert } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";

/** Leaves of a part of the tree, packed: key hash and leaf hash of each, sorted by key hash. */
export const ENTRY_BYTES = 64;
const HASH_BYTES = 32;

export const entryCount = (entries: Bytes): number => entries.length / ENTRY_BYTES;

export const keyHashAt = (entries: Bytes, index: number): Bytes =>
  entries.subarray(index * ENTRY_BYTES, index * ENTRY_BYTES + HASH_BYTES);

export const leafHashAt = (entries: Bytes, index: number): Bytes =>
  entries.subarray(index * ENTRY_BYTES + HASH_BYTES, (index + 1) * ENTRY_BYTES);

/** Order of the key hash of an entry and another one. Compared in place: views for it would be most of the cost. */
function compareKeyHash(entries: Bytes, index: number, keyHash: Bytes): number {
  const at = index * ENTRY_BYTES;
  for (let i = 0; i < HASH_BYTES; i++) {
    const difference = entries[at + i]! - keyHash[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Index of the first entry whose key hash is not below `keyHash`. */
export function entryIndex(entries: Bytes, keyHash: Bytes): number {
  let low = 0;
  let high = entryCount(entries);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeyHash(entries, middle, keyHash) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The leaf hash of a key hash; undefined when there is none. */
export function leafOf(entries: Bytes, keyHash: Bytes): Bytes | undefined {
  const index = entryIndex(entries, keyHash);
  return index < entryCount(entries) && compareKeyHash(entries, index, keyHash) === 0
    ? leafHashAt(entries, index)
    : undefined;
}

/** What becomes of one leaf; without a leaf hash it goes away. */
export interface Edit {
  readonly keyHash: Bytes;
  readonly leaf: Bytes | undefined;
}

/** The entries after the edits `[from, to)`, which are sorted by key hash, each key once. */
export function editEntries(entries: Bytes, edits: readonly Edit[], from: number, to: number, arena: Arena): Bytes {
  const out = arena.take(entries.length + (to - from) * ENTRY_BYTES);
  const count = entryCount(entries);
  let length = 0;
  let at = 0;
  for (let i = from; i < to; i++) {
    const { keyHash, leaf } = edits[i]!;
    let order = 1;
    const first = at;
    while (at < count && (order = compareKeyHash(entries, at, keyHash)) < 0) at++;
    out.set(entries.subarray(first * ENTRY_BYTES, at * ENTRY_BYTES), length);
    length += (at - first) * ENTRY_BYTES;
    if (at < count && order === 0) at++; // Replaced or removed.
    if (leaf === undefined) continue;
    out.set(keyHash, length);
    out.set(leaf, length + HASH_BYTES);
    length += ENTRY_BYTES;
  }
  out.set(entries.subarray(at * ENTRY_BYTES), length);
  length += entries.length - at * ENTRY_BYTES;
  return out.subarray(0, length);
}

export function assertEntries(entries: Bytes): void {
  assert(entries.length % ENTRY_BYTES === 0, "a bucket is not made of whole entries");
}
