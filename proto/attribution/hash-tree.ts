import { concat, equalBytes, u64be, utf8, type Bytes } from "../bytes.js";
import { HASH_BYTES, sha256 } from "../crypto/hash.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { hashAt, stepsToTop } from "./shape.js";

/**
 * Trees of plain hashes (README, "Trees"). Leaf, node and root are hashed under different first bytes, so none
 * can be taken for another; tag and count are in the root.
 *
 *   leaf = H(00 || tag || data)    node = H(01 || left || right)    root = H(02 || tag || u64 count || top)
 */
export type TreeTag = "poa2/set" | "poa2/req" | "poa2/add" | "poa2/ans";

const LEAF = 0x00;
const NODE = 0x01;
const ROOT = 0x02;
/** The top of a tree without leaves: 32 zero bytes. */
export const EMPTY_TOP = new Uint8Array(HASH_BYTES);

/** A tree with all its levels in memory. */
export interface HashTree {
  readonly root: Bytes;
  readonly count: number;
  /** Flat hashes per level, the leaves first. */
  readonly levels: readonly Bytes[];
}

/** Hashes leaves of one fixed data size: fill `data`, then call `hash` for 32 bytes. Reuses one buffer, for speed. */
export function leafHasher(tag: string, dataBytes: number): { readonly data: Bytes; hash(): Bytes } {
  const buffer = concat(Uint8Array.of(LEAF), utf8(tag), new Uint8Array(dataBytes));
  return { data: buffer.subarray(buffer.length - dataBytes), hash: () => sha256(buffer) };
}

/** Returns a function that hashes two children of 32 bytes into their parent. Reuses one buffer. */
export function nodeHasher(): (left: Bytes, right: Bytes) => Bytes {
  const buffer = new Uint8Array(1 + 2 * HASH_BYTES);
  buffer[0] = NODE;
  return (left, right) => {
    buffer.set(left, 1);
    buffer.set(right, 1 + HASH_BYTES);
    return sha256(buffer);
  };
}

/** The root: H(02 || tag || u64 count || top). @param top hash of the top node; 32 zero bytes if the tree is empty */
export function rootHash(tag: TreeTag, count: bigint, top: Bytes): Bytes {
  return sha256(Uint8Array.of(ROOT), utf8(tag), u64be(count), top);
}

/** Builds the tree. @param leaves flat list of 32-byte leaf hashes, owned by the tree from now on */
export function hashTree(tag: TreeTag, leaves: Bytes): HashTree {
  const count = leaves.length / HASH_BYTES;
  const node = nodeHasher();
  const levels = [leaves];
  for (let level = leaves; level.length > HASH_BYTES;) {
    const size = level.length / HASH_BYTES;
    const next = new Uint8Array(Math.ceil(size / 2) * HASH_BYTES);
    for (let i = 0; i + 1 < size; i += 2) next.set(node(hashAt(level, i), hashAt(level, i + 1)), (i / 2) * HASH_BYTES);
    if (size % 2 === 1) next.set(hashAt(level, size - 1), next.length - HASH_BYTES);
    levels.push(next);
    level = next;
  }
  const top = count === 0 ? EMPTY_TOP : levels[levels.length - 1]!;
  return { root: rootHash(tag, BigInt(count), top), count, levels };
}

/** The siblings of leaf `index`, nearest first. Needs index < tree.count. */
export function hashPath(tree: HashTree, index: number): Bytes[] {
  const path: Bytes[] = [];
  let place = index;
  for (const level of tree.levels) {
    const sibling = place ^ 1;
    if (sibling * HASH_BYTES < level.length) path.push(hashAt(level, sibling).slice());
    place >>= 1;
  }
  return path;
}

/** A leaf's index, the number of leaves, and the siblings up to the top, nearest first. */
export interface HashPlace {
  readonly count: bigint;
  readonly index: bigint;
  readonly path: readonly Bytes[];
}

/**
 * Undefined if `leaf` is at that index of the tree with that count under `root`. Rejects with poa/wrongIndex,
 * wrongPathLength, wrongHashSize or wrongRoot.
 */
export function verifyHashPath(tag: TreeTag, root: Bytes, leaf: Bytes, place: HashPlace): Rejection | undefined {
  const { count, index, path } = place;
  if (index < 0n || index >= count || count >> 64n !== 0n) return reject(poaErrors.wrongIndex, { index, count });
  const steps = stepsToTop(index, count);
  if (path.length !== steps.length) {
    return reject(poaErrors.wrongPathLength, { field: tag, have: path.length, need: steps.length });
  }
  const node = nodeHasher();
  let hash = leaf;
  for (const [i, step] of steps.entries()) {
    const sibling = path[i]!;
    if (sibling.length !== HASH_BYTES) return reject(poaErrors.wrongHashSize, { field: tag, size: sibling.length });
    hash = step.siblingIsLeft ? node(sibling, hash) : node(hash, sibling);
  }
  return equalBytes(rootHash(tag, count, hash), root) ? undefined : reject(poaErrors.wrongRoot, { field: tag });
}

/** Undefined if `root` is that of the empty tree, else poa/wrongRoot. */
export function verifyEmpty(tag: TreeTag, root: Bytes): Rejection | undefined {
  return equalBytes(rootHash(tag, 0n, EMPTY_TOP), root) ? undefined : reject(poaErrors.wrongRoot, { field: tag });
}
