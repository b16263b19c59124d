import type { Bytes } from "#proto/bytes.js";

/** Leaves of a part of the tree, packed: key hash and leaf hash of each, sorted by key hash. */
export const ENTRY_BYTES = 64;
/** Size of a hash. */
export const HASH_BYTES = 32;

/** Number of entries in a bucket. */
export const entryCount = (entries: Bytes): number => entries.length / ENTRY_BYTES;

/** Key hash of an entry; a view, not a copy. */
export const keyHashAt = (entries: Bytes, index: number): Bytes =>
  entries.subarray(index * ENTRY_BYTES, index * ENTRY_BYTES + HASH_BYTES);

/** Leaf hash of an entry; a view, not a copy. */
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

/** Index of the first entry of `[from, to)` whose key hash is not below `keyHash`. */
export function entryIndex(entries: Bytes, keyHash: Bytes, from = 0, to = entryCount(entries)): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeyHash(entries, middle, keyHash) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the entry at `index`, if it is below `to`, is of this key hash. */
export const entryOf = (entries: Bytes, index: number, to: number, keyHash: Bytes): boolean =>
  index < to && compareKeyHash(entries, index, keyHash) === 0;

/** The leaf hash of a key hash; undefined if the bucket does not have it. */
export function leafOf(entries: Bytes, keyHash: Bytes): Bytes | undefined {
  const index = entryIndex(entries, keyHash);
  return entryOf(entries, index, entryCount(entries), keyHash) ? leafHashAt(entries, index) : undefined;
}
