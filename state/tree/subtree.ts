import type { Bytes } from "#proto/bytes.js";
import { backend } from "#proto/crypto/backend.js";
import { entryCount, ENTRY_BYTES } from "./entries.js";

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
  const inner: Nodes = { entries: [], from: [], to: [], depth: [] };
  const rootOf: number[] = []; // Where the root of the inner node of the first level goes.
  subtrees.forEach((subtree, i) => {
    const { entries, from, to, depth } = subtree;
    if (to - from === 1) copyHash(entries, from * ENTRY_BYTES + 32, roots, i * 32);
    else if (to > from) {
      addNode(inner, entries, from, to, depth);
      rootOf.push(i);
    }
  });
  const hashes = innerHashes(inner);
  for (let i = 0; i < rootOf.length; i++) copyHash(hashes, i * 32, roots, rootOf[i]! * 32);
  return roots;
}

/** Inner nodes column by column: an object for each of them would cost more than its hash. */
interface Nodes {
  readonly entries: Bytes[];
  readonly from: number[];
  readonly to: number[];
  readonly depth: number[];
}

function addNode(nodes: Nodes, entries: Bytes, from: number, to: number, depth: number): number {
  nodes.entries.push(entries);
  nodes.from.push(from);
  nodes.to.push(to);
  return nodes.depth.push(depth) - 1;
}

/** Hashes of the nodes, which grow by the inner nodes below them, in levels. A child is EMPTY, twice a leaf, or twice a node plus one. */
function innerHashes(nodes: Nodes): Bytes {
  const { entries, from, to, depth } = nodes;
  const children: number[] = [];
  const levels: number[] = [0];
  for (let begin = 0; begin < depth.length; begin = levels.at(-1)!) {
    const end = depth.length;
    for (let i = begin; i < end; i++) {
      const middle = split(entries[i]!, from[i]!, to[i]!, depth[i]!);
      children.push(childOf(nodes, i, from[i]!, middle), childOf(nodes, i, middle, to[i]!));
    }
    levels.push(end);
  }
  const hashes = new Uint8Array(depth.length * 32);
  const blocks = new Uint8Array(widest(levels) * 64);
  for (let level = levels.length - 2; level >= 0; level--) {
    const begin = levels[level]!;
    const end = levels[level + 1]!;
    for (let i = begin; i < end; i++) {
      for (let side = 0; side < 2; side++) {
        const child = children[2 * i + side]!;
        const at = (i - begin) * 64 + side * 32;
        if (child === EMPTY) blocks.fill(0, at, at + 32);
        else if (child & 1) copyHash(hashes, (child >> 1) * 32, blocks, at);
        else copyHash(entries[i]!, (child >> 1) * ENTRY_BYTES + 32, blocks, at);
      }
    }
    const used = blocks.subarray(0, (end - begin) * 64);
    if (end > begin) backend().sha256Pairs(used, hashes.subarray(begin * 32, end * 32));
  }
  return hashes;
}

function widest(levels: readonly number[]): number {
  let nodes = 0;
  for (let level = 1; level < levels.length; level++) nodes = Math.max(nodes, levels[level]! - levels[level - 1]!);
  return nodes;
}

/** Byte by byte: for 32 of them cheaper than two views. */
function copyHash(from: Bytes, at: number, to: Bytes, toAt: number): void {
  for (let i = 0; i < 32; i++) to[toAt + i] = from[at + i]!;
}

function childOf(nodes: Nodes, parent: number, from: number, to: number): number {
  if (to === from) return EMPTY;
  if (to - from === 1) return from * 2;
  return addNode(nodes, nodes.entries[parent]!, from, to, nodes.depth[parent]! + 1) * 2 + 1;
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
