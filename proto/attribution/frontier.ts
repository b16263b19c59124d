import { assert } from "../assert.js";
import type { Bytes } from "../bytes.js";
import { HASH_BYTES } from "../crypto/hash.js";
import { EMPTY_TOP, nodeHasher, rootHash, type TreeTag } from "./hash-tree.js";

/**
 * The right edge of a growing tree (hash-tree.ts): the tops of its full subtrees, largest first, one for each bit of the
 * count. So leaves that arrive in parts are hashed once, and 21 hashes stand for a million leaves between parts.
 */
export interface Frontier {
  readonly count: number;
  readonly peaks: readonly Bytes[];
}

/** The frontier of the tree without leaves. */
export const EMPTY_FRONTIER: Frontier = { count: 0, peaks: [] };

/** Appends leaf hashes, in order. */
export function appendLeaves({ count, peaks }: Frontier, leaves: Iterable<Bytes>): Frontier {
  const node = nodeHasher();
  const edge = [...peaks];
  let total = count;
  for (const leaf of leaves) {
    let top = leaf;
    for (let full = total; full % 2 === 1; full = (full - 1) / 2) top = node(edge.pop()!, top);
    edge.push(top);
    total++;
  }
  return { count: total, peaks: edge };
}

/** The root of the tree of the leaves so far. */
export function rootOf(tag: TreeTag, { count, peaks }: Frontier): Bytes {
  const node = nodeHasher();
  let top = peaks.at(-1) ?? EMPTY_TOP;
  assert(top.length === HASH_BYTES, "a peak is a hash");
  for (let i = peaks.length - 2; i >= 0; i--) top = node(peaks[i]!, top);
  return rootHash(tag, BigInt(count), top);
}
