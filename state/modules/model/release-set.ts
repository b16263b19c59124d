import { assert, present } from "#proto/assert.js";
import {
  compareBytes,
  concat,
  equalBytes,
  readU32be,
  readU64be,
  toHex,
  u32be,
  u64be,
  type Bytes,
} from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { nodes } from "./keys.js";

/**
 * Sets of releases that versions share. A set is a binary trie over its keys (u64 datanet || u32 number) whose nodes are
 * found by their hash: one content has one root, a child's set shares all nodes that it did not change, and a release that
 * is reached by two paths is there once. Membership costs one read a level, at most 96 and about log2 of the size.
 *
 *   leaf   00 | key (12)                         stands in its parent, or is the root
 *   branch 01 | SHA-256 of the node's bytes      node = u8 bit | u32 count | prefix (12) | left | right
 *
 * All keys below a branch agree in their first `bit` bits, which are the prefix; left has 0 at that bit, right has 1.
 */
const KEY_BYTES = 12;
const LEAF = 0;
const LEAF_BYTES = 1 + KEY_BYTES;
const HEAD_BYTES = 5 + KEY_BYTES;

export interface ReleaseKey {
  readonly datanetId: bigint;
  readonly number: number;
}

/** A leaf or the hash of a branch; the empty set has no bytes. */
export type SetRef = Bytes;
export const EMPTY_SET: SetRef = new Uint8Array(0);

interface Branch {
  readonly bit: number;
  readonly count: number;
  readonly prefix: Bytes;
  readonly left: SetRef;
  readonly right: SetRef;
}

export const releaseKey = ({ datanetId, number }: ReleaseKey): Bytes => concat(u64be(datanetId), u32be(number));
const readKey = (key: Bytes): ReleaseKey => ({ datanetId: readU64be(key), number: readU32be(key, 8) });

/** The release behind a key from outside; undefined for bytes that are none. */
export function readReleaseKey(key: Bytes): ReleaseKey | undefined {
  return key.length === KEY_BYTES ? readKey(key) : undefined;
}

const leafOf = (key: Bytes): SetRef => concat(Uint8Array.of(LEAF), key);
const isLeaf = (ref: SetRef): boolean => ref[0] === LEAF;
const keyOf = (leaf: SetRef): Bytes => leaf.subarray(1);
const bitOf = (key: Bytes, bit: number): number => (key[bit >> 3]! >> (7 - (bit & 7))) & 1;

/** The first `bits` bits, the rest zero. */
function prefixOf(key: Bytes, bits: number): Bytes {
  const out = new Uint8Array(KEY_BYTES);
  out.set(key.subarray(0, bits >> 3));
  if ((bits & 7) !== 0) out[bits >> 3] = key[bits >> 3]! & (0xff << (8 - (bits & 7)));
  return out;
}

/** The first bit in which two keys differ; `limit` when they agree so far. */
function firstDifference(a: Bytes, b: Bytes, limit: number): number {
  for (let bit = 0; bit < limit; bit++) if (bitOf(a, bit) !== bitOf(b, bit)) return bit;
  return limit;
}

function decodeBranch(bytes: Bytes): Branch {
  const childEnd = (at: number): number => at + (bytes[at] === LEAF ? LEAF_BYTES : 33);
  const middle = childEnd(HEAD_BYTES);
  assert(bytes.length === childEnd(middle), "a stored node has the size of its parts");
  return {
    bit: bytes[0]!,
    count: readU32be(bytes, 1),
    prefix: bytes.subarray(5, HEAD_BYTES),
    left: bytes.subarray(HEAD_BYTES, middle),
    right: bytes.subarray(middle),
  };
}

function readBranch(view: ReadView, ref: SetRef): Branch {
  return decodeBranch(present(nodes.get(view, [ref.subarray(1)]), "a set's node is stored with the set"));
}

export function setCount(view: ReadView, ref: SetRef): number {
  if (ref.length === 0) return 0;
  return isLeaf(ref) ? 1 : readBranch(view, ref).count;
}

/** The least release of the set that is not below the wanted one. */
export function atOrAbove(view: ReadView, root: SetRef, wanted: ReleaseKey): ReleaseKey | undefined {
  if (root.length === 0) return undefined;
  const key = releaseKey(wanted);
  const greater: SetRef[] = []; // Right siblings of the way down: all above the key.
  let ref: SetRef | undefined = root;
  while (ref !== undefined) {
    if (isLeaf(ref)) {
      if (compareBytes(keyOf(ref), key) >= 0) return readKey(keyOf(ref));
      break;
    }
    const { bit, prefix, left, right } = readBranch(view, ref);
    const order = compareBytes(prefixOf(key, bit), prefix);
    if (order < 0) return least(view, ref);
    if (order > 0) break;
    if (bitOf(key, bit) === 1) ref = right;
    else {
      greater.push(right);
      ref = left;
    }
  }
  const next = greater.pop();
  return next === undefined ? undefined : least(view, next);
}

function least(view: ReadView, root: SetRef): ReleaseKey {
  let ref = root;
  while (!isLeaf(ref)) ref = readBranch(view, ref).left;
  return readKey(keyOf(ref));
}

/**
 * The union of sets and single releases, stored. Equal parts are shared without being read: the cost grows with what
 * differs, not with what is inherited.
 */
export function storeUnion(view: WriteView, sets: readonly SetRef[], releases: readonly ReleaseKey[]): SetRef {
  const fresh = new Map<string, Bytes>(); // By hash; only what the result reaches is written.
  const read = (ref: SetRef): Branch => {
    const own = fresh.get(toHex(ref));
    return own === undefined ? readBranch(view, ref) : decodeBranch(own);
  };
  const count = (ref: SetRef): number => (isLeaf(ref) ? 1 : read(ref).count);
  const branch = (bit: number, prefix: Bytes, left: SetRef, right: SetRef): SetRef => {
    const bytes = concat(Uint8Array.of(bit), u32be(count(left) + count(right)), prefix, left, right);
    const ref = concat(Uint8Array.of(1), sha256(bytes));
    fresh.set(toHex(ref), bytes);
    return ref;
  };
  const join = (bit: number, sample: Bytes, a: SetRef, b: SetRef): SetRef =>
    bitOf(sample, bit) === 0 ? branch(bit, prefixOf(sample, bit), a, b) : branch(bit, prefixOf(sample, bit), b, a);

  /** Recursion goes at most 96 deep, once a bit of the key. */
  const union = (a: SetRef, b: SetRef): SetRef => {
    if (equalBytes(a, b)) return a;
    const [sampleA, bitA] = isLeaf(a) ? [keyOf(a), 8 * KEY_BYTES] : [read(a).prefix, read(a).bit];
    const [sampleB, bitB] = isLeaf(b) ? [keyOf(b), 8 * KEY_BYTES] : [read(b).prefix, read(b).bit];
    const bit = firstDifference(sampleA, sampleB, bitA < bitB ? bitA : bitB);
    if (bit < bitA && bit < bitB) return join(bit, sampleA, a, b);
    if (bitA > bitB) return union(b, a);
    const upper = read(a);
    if (bitA === bitB) {
      const lower = read(b);
      return branch(bitA, upper.prefix, union(upper.left, lower.left), union(upper.right, lower.right));
    }
    return bitOf(sampleB, bitA) === 0
      ? branch(bitA, upper.prefix, union(upper.left, b), upper.right)
      : branch(bitA, upper.prefix, upper.left, union(upper.right, b));
  };

  let root = EMPTY_SET;
  for (const part of [...sets, ...releases.map((release) => leafOf(releaseKey(release)))]) {
    if (part.length > 0) root = root.length === 0 ? part : union(root, part);
  }
  const pending = [root];
  for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
    const bytes = fresh.get(toHex(ref));
    if (bytes === undefined) continue; // A leaf, or a branch that was stored before.
    fresh.delete(toHex(ref));
    nodes.put(view, [ref.subarray(1)], bytes);
    const { left, right } = decodeBranch(bytes);
    pending.push(right, left);
  }
  return root;
}
