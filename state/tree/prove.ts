import { CommitmentProof, HashOp, type ExistenceProof, type InnerOp } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { assert, present } from "#proto/assert.js";
import { compareBytes, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { STATE_PROOF_SPEC } from "#proto/light/state-spec.js";
import { entryCount, entryIndex, keyHashAt } from "./entries.js";
import { split, subtreeRoots, type Subtree } from "./subtree.js";
import { bucketOf, type TopReader } from "./top.js";
import type { BucketReader } from "./tree.js";

/** One moment of the tree, and of what its leaves stand for. */
export interface ProofSource extends BucketReader {
  readonly top: TopReader;
  /** The key of a leaf. */
  keyOf(keyHash: Bytes): Bytes;
  valueOf(key: Bytes): Bytes | undefined;
}

const NO_BYTES: Bytes = new Uint8Array(0);

/**
 * An encoded ICS-23 CommitmentProof that `key` has its value, or, without one, that the leaves next to where it would
 * be have nothing between them. @throws AssertionError for an empty tree: nothing can be shown of it.
 */
export function prove(source: ProofSource, key: Bytes): Bytes {
  const value = source.valueOf(key);
  if (value !== undefined) return encode({ exist: existence(source, key, value) });
  const keyHash = sha256(key);
  const neighbour = (found: Bytes | undefined): ExistenceProof | undefined => {
    if (found === undefined) return undefined;
    const near = source.keyOf(found);
    return existence(source, near, present(source.valueOf(near), "a leaf has no value"));
  };
  const left = neighbour(leafBeside(source, keyHash, "left"));
  const right = neighbour(leafBeside(source, keyHash, "right"));
  assert(left !== undefined || right !== undefined, "an empty tree proves nothing");
  return encode({ nonexist: { key, ...(left && { left }), ...(right && { right }) } });
}

const encode = (proof: CommitmentProof): Bytes => CommitmentProof.encode(proof).finish();

function existence(source: ProofSource, key: Bytes, value: Bytes): ExistenceProof {
  return { key, value, leaf: STATE_PROOF_SPEC.leafSpec, path: pathOf(source, sha256(key)) };
}

/** Steps from the leaf to the root. */
function pathOf(source: ProofSource, keyHash: Bytes): InnerOp[] {
  const { top } = source;
  const steps: InnerOp[] = [];
  let node = 1;
  for (let depth = 0; depth < top.depth; depth++) {
    if (top.kind(node) === 1) return steps.reverse(); // The leaf stands for the whole subtree.
    const bit = bitOf(keyHash, depth);
    steps.push(step(bit, top.hash(2 * node + (1 - bit)).slice()));
    node = 2 * node + bit;
  }
  const entries = source.bucket(bucketOf(keyHash, top.depth));
  const siblings: Subtree[] = [];
  const bits: number[] = [];
  let from = 0;
  let to = entryCount(entries);
  for (let depth = top.depth; to - from > 1; depth++) {
    const middle = split(entries, from, to, depth);
    const bit = bitOf(keyHash, depth);
    bits.push(bit);
    siblings.push({ entries, from: bit ? from : middle, to: bit ? middle : to, depth: depth + 1 });
    if (bit) from = middle;
    else to = middle;
  }
  assert(to - from === 1 && compareBytes(keyHashAt(entries, from), keyHash) === 0, "a value has no leaf");
  const roots = subtreeRoots(siblings);
  bits.forEach((bit, i) => steps.push(step(bit, roots.slice(i * 32, i * 32 + 32))));
  return steps.reverse();
}

function step(bit: number, sibling: Bytes): InnerOp {
  return { hash: HashOp.SHA256, prefix: bit ? sibling : NO_BYTES, suffix: bit ? NO_BYTES : sibling };
}

const bitOf = (hash: Bytes, depth: number): number => (hash[depth >> 3]! >> (7 - (depth & 7))) & 1;

/** Key hash of the nearest leaf on that side of a key hash that has none. */
function leafBeside(source: ProofSource, keyHash: Bytes, side: "left" | "right"): Bytes | undefined {
  const { top } = source;
  const id = bucketOf(keyHash, top.depth);
  const own = source.bucket(id);
  const index = entryIndex(own, keyHash) + (side === "left" ? -1 : 0);
  if (index >= 0 && index < entryCount(own)) return keyHashAt(own, index);
  const node = bucketBeside(top, 2 ** top.depth + id, side);
  if (node === undefined) return undefined;
  const entries = source.bucket(node - 2 ** top.depth);
  return keyHashAt(entries, side === "left" ? entryCount(entries) - 1 : 0);
}

/** The nearest bucket on that side that holds a leaf, as a node. */
function bucketBeside(top: TopReader, bucket: number, side: "left" | "right"): number | undefined {
  const outer = side === "left" ? 1 : 0; // A node that is this child of its parent has a sibling on that side.
  let node = bucket;
  while (node > 1 && ((node & 1) !== outer || top.kind(node ^ 1) === 0)) node >>>= 1;
  if (node === 1) return undefined;
  node ^= 1;
  while (node < 2 ** top.depth) node = top.kind(2 * node + outer) > 0 ? 2 * node + outer : 2 * node + (1 - outer);
  return node;
}
