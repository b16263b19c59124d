import type { Bytes } from "#proto/bytes.js";
import { backend } from "#proto/crypto/backend.js";
import { entryCount, ENTRY_BYTES } from "./entries.js";
import { copyWords, ENTRY_WORDS, HASH_WORDS, Packed } from "./packed.js";

/** The leaves `[from, to)` of some entries, all of which share their first `depth` bits. */
export interface Subtree {
  readonly entries: Bytes;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/** The subtree of all entries of a bucket at a depth. */
export const wholeOf = (entries: Bytes, depth: number): Subtree => ({
  entries,
  from: 0,
  to: entryCount(entries),
  depth,
});

/** Root of each subtree, 32 bytes one after the other: zeros for none, the leaf itself for one leaf. */
export function subtreeRoots(subtrees: readonly Subtree[]): Bytes {
  if (few.room > FEW) few = new Packed(FEW);
  few.cut(0);
  const ends = subtrees.map(({ entries, from, to }) => {
    few.append(entries.subarray(from * ENTRY_BYTES, to * ENTRY_BYTES));
    return few.count;
  });
  return new Uint8Array(packedRoots(few, ends, (i) => subtrees[i]!.depth).buffer);
}

/** Reused, as are the nodes: a bucket that is read is hashed alone, and memory would cost more than its few hashes. */
const FEW = 1024;
let few = new Packed(FEW);

const EMPTY = -1;

/**
 * Root of each subtree in words. All of them are walked down together, level by level, and each level is hashed on the way
 * up in one batch.
 * @param ends where each subtree ends and the next one begins
 */
export function packedRoots(packed: Packed, ends: readonly number[], depthOf: (subtree: number) => number): Int32Array {
  const { bytes, words } = packed;
  const roots = new Int32Array(ends.length * HASH_WORDS);
  if (nodes.room > NODES_KEPT) nodes = new Nodes(FEW);
  nodes.count = 0;
  const rootOf: number[] = []; // Of which subtree each inner node of the first level is the root.
  for (let i = 0, from = 0; i < ends.length; from = ends[i++]!) {
    const to = ends[i]!;
    if (to - from === 1) copyWords(words, from * ENTRY_WORDS + HASH_WORDS, roots, i * HASH_WORDS, HASH_WORDS);
    else if (to > from) rootOf[nodes.add(from, to, depthOf(i))] = i;
  }
  const hashes = innerHashes(bytes, words);
  for (let i = 0; i < rootOf.length; i++) copyWords(hashes, i * HASH_WORDS, roots, rootOf[i]! * HASH_WORDS, HASH_WORDS);
  return roots;
}

/** Inner nodes column by column: an object for each of them would cost more than its hash. */
class Nodes {
  count = 0;
  from: Int32Array;
  to: Int32Array;
  depth: Int32Array;
  /** Two of each node: EMPTY, twice a leaf, or twice a node plus one. */
  children: Int32Array;
  hashes: Bytes;
  /** Input of the hashes: the children's hashes of one level. */
  blocks: Bytes;

  constructor(room: number) {
    this.from = new Int32Array(room);
    this.to = new Int32Array(room);
    this.depth = new Int32Array(room);
    this.children = new Int32Array(2 * room);
    this.hashes = new Uint8Array(32 * room);
    this.blocks = new Uint8Array(64 * room);
  }

  get room(): number {
    return this.from.length;
  }

  add(from: number, to: number, depth: number): number {
    if (this.count === this.room) this.#grow();
    this.from[this.count] = from;
    this.to[this.count] = to;
    this.depth[this.count] = depth;
    return this.count++;
  }

  /** Adds what of the leaves `[from, to)` below a node is an inner node. @returns the child */
  child(from: number, to: number, depth: number): number {
    if (to === from) return EMPTY;
    return to - from === 1 ? from * 2 : this.add(from, to, depth) * 2 + 1;
  }

  #grow(): void {
    const larger = new Nodes(2 * this.room);
    larger.from.set(this.from);
    larger.to.set(this.to);
    larger.depth.set(this.depth);
    larger.children.set(this.children);
    Object.assign(this, { ...larger, count: this.count });
  }
}

/** About as many as a block of ten thousand changes has. */
const NODES_KEPT = 65_536;
let nodes = new Nodes(FEW);

/** Hashes of the nodes, which grow by the inner nodes below them, in levels. */
function innerHashes(bytes: Bytes, words: Int32Array): Int32Array {
  const levels: number[] = [0];
  for (let begin = 0; begin < nodes.count; begin = levels.at(-1)!) {
    const end = nodes.count;
    for (let i = begin; i < end; i++) {
      const from = nodes.from[i]!;
      const to = nodes.to[i]!;
      const depth = nodes.depth[i]!;
      const middle = split(bytes, from, to, depth);
      const left = nodes.child(from, middle, depth + 1); // The columns may be others after it.
      const right = nodes.child(middle, to, depth + 1);
      nodes.children[2 * i] = left;
      nodes.children[2 * i + 1] = right;
    }
    levels.push(end);
  }
  const { children, hashes, blocks } = nodes;
  const hashWords = new Int32Array(hashes.buffer);
  const blockWords = new Int32Array(blocks.buffer);
  for (let level = levels.length - 2; level >= 0; level--) {
    const begin = levels[level]!;
    const end = levels[level + 1]!;
    for (let child = 2 * begin, at = 0; child < 2 * end; child++, at += HASH_WORDS) {
      const which = children[child]!;
      if (which === EMPTY) blockWords.fill(0, at, at + HASH_WORDS);
      else if (which & 1) copyWords(hashWords, (which >> 1) * HASH_WORDS, blockWords, at, HASH_WORDS);
      else copyWords(words, (which >> 1) * ENTRY_WORDS + HASH_WORDS, blockWords, at, HASH_WORDS);
    }
    const used = blocks.subarray(0, (end - begin) * 64);
    if (end > begin) backend().sha256Pairs(used, hashes.subarray(begin * 32, end * 32));
  }
  return hashWords;
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
