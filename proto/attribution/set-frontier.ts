import { assert } from "../assert.js";
import type { Bytes } from "../bytes.js";
import { HASH_BYTES } from "../crypto/hash.js";
import { FINGERPRINT_BYTES } from "./packed.js";
import { EMPTY_TOP, leafHasher, nodeHasher, rootHash } from "./hash-tree.js";
import { SET_TAG } from "./set-tree.js";

/**
 * The right edge of a growing set tree: the tops of its full subtrees, largest first, one for each bit of the count. So
 * a set that arrives in chunks is hashed once, and 21 hashes represent a million fingerprints between chunks.
 */
export interface SetFrontier {
  readonly count: number;
  readonly peaks: readonly Bytes[];
}

/** The frontier of the empty set. */
export const EMPTY_FRONTIER: SetFrontier = { count: 0, peaks: [] };

/**
 * Appends fingerprints. Asserts that the list is whole.
 * @param packed fingerprints above all earlier ones, ascending; the caller checks the order
 */
export function extendFrontier({ count, peaks }: SetFrontier, packed: Bytes): SetFrontier {
  assert(packed.length % FINGERPRINT_BYTES === 0, "a chunk holds whole fingerprints");
  const leaf = leafHasher(SET_TAG, FINGERPRINT_BYTES);
  const node = nodeHasher();
  const edge = [...peaks];
  let total = count;
  for (let at = 0; at < packed.length; at += FINGERPRINT_BYTES) {
    leaf.data.set(packed.subarray(at, at + FINGERPRINT_BYTES));
    let top = leaf.hash();
    for (let full = total; full % 2 === 1; full = (full - 1) / 2) top = node(edge.pop()!, top);
    edge.push(top);
    total++;
  }
  return { count: total, peaks: edge };
}

/** The root of the set so far; equals `setRoot` of all chunks together. */
export function frontierRoot({ count, peaks }: SetFrontier): Bytes {
  const node = nodeHasher();
  let top = peaks.at(-1) ?? EMPTY_TOP;
  assert(top.length === HASH_BYTES, "a peak is a hash");
  for (let i = peaks.length - 2; i >= 0; i--) top = node(peaks[i]!, top);
  return rootHash(SET_TAG, BigInt(count), top);
}
