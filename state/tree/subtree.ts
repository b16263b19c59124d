import type { Bytes } from "#proto/bytes.js";
import { backend } from "#proto/crypto/backend.js";
import { entryCount, leafHashAt, ENTRY_BYTES } from "./entries.js";

/** The leaves `[from, to)` of some entries, all of which share their first `depth` bits. */
export interface Subtree {
  readonly entries: Bytes;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

export const wholeOf = (entries: Bytes, depth: number): Subtree => ({
  entries,
  from: 0,
  to: entryCount(entries),
  depth,
});

const EMPTY = -1;

/**
 * Root of each subtree, 32 bytes one after the other: zeros for none, the leaf itself for one leaf. All subtrees are
 * walked down together, level by level, and each level is hashed on the way up in one batch.
 */
export function subtreeRoots(subtrees: readonly Subtree[]): Bytes {
  const roots = new Uint8Array(subtrees.length * 32);
  const inner: Subtree[] = [];
  const rootOf: number[] = []; // Where the root of the inner node of the first level goes.
  subtrees.forEach((subtree, i) => {
    const { entries, from, to } = subtree;
    if (to - from === 1) roots.set(leafHashAt(entries, from), i * 32);
    else if (to > from) {
      inner.push(subtree);
      rootOf.push(i);
    }
  });
  const hashes = innerHashes(inner);
  for (let i = 0; i < rootOf.length; i++) roots.set(hashes.subarray(i * 32, i * 32 + 32), rootOf[i]! * 32);
  return roots;
}

/** `nodes` grows by the inner nodes below them, in levels. A child is EMPTY, twice a leaf, or twice a node plus one. */
function innerHashes(nodes: Subtree[]): Bytes {
  const children: number[] = [];
  const levels: number[] = [0];
  for (let begin = 0; begin < nodes.length; begin = levels.at(-1)!) {
    const end = nodes.length;
    for (let i = begin; i < end; i++) {
      const { entries, from, to, depth } = nodes[i]!;
      const middle = split(entries, from, to, depth);
      children.push(childOf(nodes, entries, from, middle, depth + 1), childOf(nodes, entries, middle, to, depth + 1));
    }
    levels.push(end);
  }
  const hashes = new Uint8Array(nodes.length * 32);
  for (let level = levels.length - 2; level >= 0; level--) {
    const begin = levels[level]!;
    const end = levels[level + 1]!;
    const blocks = new Uint8Array((end - begin) * 64);
    for (let i = begin; i < end; i++) {
      for (let side = 0; side < 2; side++) {
        const child = children[2 * i + side]!;
        if (child === EMPTY) continue;
        const leaf = (child & 1) === 0;
        const from = leaf ? (child >> 1) * ENTRY_BYTES + 32 : (child >> 1) * 32;
        copyHash(leaf ? nodes[i]!.entries : hashes, from, blocks, (i - begin) * 64 + side * 32);
      }
    }
    if (end > begin) backend().sha256Pairs(blocks, hashes.subarray(begin * 32, end * 32));
  }
  return hashes;
}

/** Byte by byte: for 32 of them cheaper than two views. */
function copyHash(from: Bytes, at: number, to: Bytes, toAt: number): void {
  for (let i = 0; i < 32; i++) to[toAt + i] = from[at + i]!;
}

function childOf(nodes: Subtree[], entries: Bytes, from: number, to: number, depth: number): number {
  if (to === from) return EMPTY;
  if (to - from === 1) return from * 2;
  nodes.push({ entries, from, to, depth });
  return (nodes.length - 1) * 2 + 1;
}

/** Index of the first leaf of `[from, to)` whose key hash has bit `depth` set. */
export function split(entries: Bytes, from: number, to: number, depth: number): number {
  const byte = depth >> 3;
  const mask = 0x80 >> (depth & 7);
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle * ENTRY_BYTES + byte]! & mask) high = middle;
    else low = middle + 1;
  }
  return low;
}
