import { assert } from "../assert.js";
import { compareBytes, concat, readU32be, readU64be, u32be, u64be, type Bytes } from "../bytes.js";

/**
 * Sets of releases, as versions commit to them: a binary trie over its keys (u64 datanet || u32 number) whose nodes are
 * found by their hash, so that a root is the whole set and sets share what they have in common.
 *
 *   leaf   00 | key (12)                         stands in its parent, or is the root
 *   branch 01 | SHA-256 of the node's bytes      node = u8 bit | u32 count | prefix (12) | left | right
 *
 * All keys below a branch agree in their first `bit` bits, which are the prefix; left has 0 at that bit, right has 1.
 */
export const RELEASE_KEY_BYTES = 12;
const LEAF = 0;
const LEAF_BYTES = 1 + RELEASE_KEY_BYTES;
const HEAD_BYTES = 5 + RELEASE_KEY_BYTES;

/** Identifies a release: its datanet, and its number in the datanet. */
export interface ReleaseKey {
  readonly datanetId: bigint;
  readonly number: number;
}

/** Reference to a node: a leaf itself, or 01 and the hash of a branch. The empty set has no bytes. */
export type SetRef = Bytes;
/** The reference of the empty set: no bytes. */
export const EMPTY_SET: SetRef = new Uint8Array(0);

/** A decoded branch. All keys below agree with `prefix` in the first `bit` bits; `count` is their number. */
export interface Branch {
  readonly bit: number;
  readonly count: number;
  readonly prefix: Bytes;
  readonly left: SetRef;
  readonly right: SetRef;
}

/** Reads a branch by its SHA-256. The caller guarantees that the bytes have this hash. */
export type ReadNode = (hash: Bytes) => Bytes;

/** The 12 key bytes of a release, big-endian, so that byte order is the order of (datanet, number). */
export const releaseKey = ({ datanetId, number }: ReleaseKey): Bytes => concat(u64be(datanetId), u32be(number));
const readKey = (key: Bytes): ReleaseKey => ({ datanetId: readU64be(key), number: readU32be(key, 8) });

/** Decodes a release key from untrusted bytes; undefined unless they are 12. */
export function readReleaseKey(key: Bytes): ReleaseKey | undefined {
  return key.length === RELEASE_KEY_BYTES ? readKey(key) : undefined;
}

/** The leaf of a key: 00 || key. */
export const leafOf = (key: Bytes): SetRef => concat(Uint8Array.of(LEAF), key);
/** Whether a non-empty reference is a leaf. */
export const isLeaf = (ref: SetRef): boolean => ref[0] === LEAF;
/** The key in a leaf. */
export const keyOf = (leaf: SetRef): Bytes => leaf.subarray(1);
/** Bit `bit` of a key, 0 or 1; bit 0 is the most significant bit of the first byte. */
export const bitOf = (key: Bytes, bit: number): number => (key[bit >> 3]! >> (7 - (bit & 7))) & 1;

/** The first `bits` bits of a key, padded with zero bits to 12 bytes. */
export function prefixOf(key: Bytes, bits: number): Bytes {
  const out = new Uint8Array(RELEASE_KEY_BYTES);
  out.set(key.subarray(0, bits >> 3));
  if ((bits & 7) !== 0) out[bits >> 3] = key[bits >> 3]! & (0xff << (8 - (bits & 7)));
  return out;
}

/** Decodes the bytes of a branch. Asserts their size: they come from the state, or were compared with their hash. */
export function decodeBranch(bytes: Bytes): Branch {
  const childEnd = (at: number): number => at + (bytes[at] === LEAF ? LEAF_BYTES : 33);
  const middle = childEnd(HEAD_BYTES);
  assert(bytes.length === childEnd(middle), "a node of a set has the size of its parts");
  return {
    bit: bytes[0]!,
    count: readU32be(bytes, 1),
    prefix: bytes.subarray(5, HEAD_BYTES),
    left: bytes.subarray(HEAD_BYTES, middle),
    right: bytes.subarray(middle),
  };
}

/**
 * The least release of the set that is at or above `wanted`; undefined if there is none. Reads one path of the trie, at
 * most two.
 */
export function atOrAbove(read: ReadNode, root: SetRef, wanted: ReleaseKey): ReleaseKey | undefined {
  if (root.length === 0) return undefined;
  const branch = (ref: SetRef): Branch => decodeBranch(read(ref.subarray(1)));
  const least = (from: SetRef): ReleaseKey => {
    let ref = from;
    while (!isLeaf(ref)) ref = branch(ref).left;
    return readKey(keyOf(ref));
  };
  const key = releaseKey(wanted);
  const greater: SetRef[] = []; // Right siblings of the way down: all above the key.
  let ref: SetRef | undefined = root;
  while (ref !== undefined) {
    if (isLeaf(ref)) {
      if (compareBytes(keyOf(ref), key) >= 0) return readKey(keyOf(ref));
      break;
    }
    const { bit, prefix, left, right } = branch(ref);
    const order = compareBytes(prefixOf(key, bit), prefix);
    if (order < 0) return least(ref);
    if (order > 0) break;
    if (bitOf(key, bit) === 1) ref = right;
    else {
      greater.push(right);
      ref = left;
    }
  }
  const next = greater.pop();
  return next === undefined ? undefined : least(next);
}

/** The data that determine which releases a version credits. */
export interface Eligible {
  /** Height of its publication. */
  readonly height: bigint;
  readonly eligibleRoot: Bytes;
  readonly carryOver?: { readonly blocks: bigint } | undefined;
  readonly carriedRoot: Bytes;
}

/** Root of the releases that a version credits in a batch that is formed at `height`: with those that it carries over then. */
export function eligibleRootAt({ height: published, ...version }: Eligible, height: bigint): Bytes {
  const { eligibleRoot, carryOver, carriedRoot } = version;
  return carryOver !== undefined && height <= published + carryOver.blocks ? carriedRoot : eligibleRoot;
}
