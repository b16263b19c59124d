import {
  CommitmentProof,
  HashOp,
  LengthOp,
  type ExistenceProof,
  type InnerOp,
  type InnerSpec,
  type LeafOp,
  type NonExistenceProof,
  type ProofSpec as WireSpec,
} from "cosmjs-types/cosmos/ics23/v1/proofs";
import { compareBytes, concat, equalBytes, type Bytes } from "../bytes.js";
import { sha256, sha512 } from "../crypto/hash.js";

/**
 * ICS-23 (github.com/cosmos/ics23): proofs that a key has a value, or none, under a root. This verifier is total, accepts
 * only canonical bytes and compares the key. It rejects batch and compressed proofs, which this chain does not make.
 */
export interface ProofSpec extends Omit<WireSpec, "leafSpec" | "innerSpec"> {
  readonly leafSpec: LeafOp;
  readonly innerSpec: InnerSpec;
  /** Keys are ordered by their hash, as in sparse trees. The published message has this field; cosmjs-types lacks it. */
  readonly prehashKeyBeforeComparison: boolean;
}

/** Upper bound of a proof's size: above any proof of 256 levels on both sides with values of 64 kB. */
export const PROOF_BYTES_MAX = 256 * 1024;

/** Decodes a proof; undefined unless the bytes are its canonical encoding, at most PROOF_BYTES_MAX. */
export function decodeProof(bytes: Bytes): CommitmentProof | undefined {
  if (bytes.length > PROOF_BYTES_MAX) return undefined;
  let proof: CommitmentProof;
  try {
    proof = CommitmentProof.decode(bytes);
  } catch {
    return undefined; // The library throws for bytes that are not a message.
  }
  return equalBytes(CommitmentProof.encode(proof).finish(), bytes) ? proof : undefined;
}

/** Whether `proof` proves that `key` has `value` under `root`. Total: any bytes give true or false. */
export function verifyMembership(spec: ProofSpec, root: Bytes, proof: Bytes, key: Bytes, value: Bytes): boolean {
  const exist = decodeProof(proof)?.exist;
  return exist !== undefined && equalBytes(exist.value, value) && proves(spec, root, exist, key);
}

/** Whether `proof` proves that `key` has no value under `root`. Total: any bytes give true or false. */
export function verifyNonMembership(spec: ProofSpec, root: Bytes, proof: Bytes, key: Bytes): boolean {
  const nonexist = decodeProof(proof)?.nonexist;
  return nonexist !== undefined && provesAbsence(spec, root, nonexist, key);
}

function proves(spec: ProofSpec, root: Bytes, proof: ExistenceProof, key: Bytes): boolean {
  if (!equalBytes(proof.key, key)) return false;
  const computed = rootOf(spec, proof);
  return computed !== undefined && equalBytes(computed, root);
}

function provesAbsence(spec: ProofSpec, root: Bytes, proof: NonExistenceProof, key: Bytes): boolean {
  const { left, right } = proof;
  if (!equalBytes(proof.key, key) || (left === undefined && right === undefined)) return false;
  const order = (bytes: Bytes): Bytes =>
    spec.prehashKeyBeforeComparison ? (hash(spec.leafSpec.prehashKey, bytes) ?? bytes) : bytes;
  if (left !== undefined) {
    if (!proves(spec, root, left, left.key) || compareBytes(order(left.key), order(key)) >= 0) return false;
  }
  if (right !== undefined) {
    if (!proves(spec, root, right, right.key) || compareBytes(order(key), order(right.key)) >= 0) return false;
  }
  const inner = spec.innerSpec;
  if (left === undefined) return isOuterMost(inner, right!.path, 0);
  if (right === undefined) return isOuterMost(inner, left.path, inner.childOrder.length - 1);
  return areNeighbours(inner, left.path, right.path);
}

/** The root of an existence proof; undefined if the proof violates the spec. */
function rootOf(spec: ProofSpec, { key, value, leaf, path }: ExistenceProof): Bytes | undefined {
  if (leaf === undefined || !leafFits(spec.leafSpec, leaf)) return undefined;
  if (spec.maxDepth > 0 && path.length > spec.maxDepth) return undefined;
  if (path.length < spec.minDepth) return undefined;
  if (key.length === 0 || value.length === 0) return undefined;
  let node = leafNode(leaf, key, value);
  for (const step of path) {
    if (node === undefined || !innerFits(spec, step)) return undefined;
    node = hash(step.hash, concat(step.prefix, node, step.suffix));
    if (node !== undefined && node.length > spec.innerSpec.childSize && spec.innerSpec.childSize >= 32) {
      return undefined;
    }
  }
  return node;
}

function leafNode(leaf: LeafOp, key: Bytes, value: Bytes): Bytes | undefined {
  const parts = [leaf.prefix];
  for (const [op, bytes] of [[leaf.prehashKey, key] as const, [leaf.prehashValue, value] as const]) {
    const hashed = hash(op, bytes);
    const prefix = hashed === undefined ? undefined : lengthPrefix(leaf.length, hashed.length);
    if (hashed === undefined || prefix === undefined) return undefined;
    parts.push(prefix, hashed);
  }
  return leaf.hash === HashOp.NO_HASH ? undefined : hash(leaf.hash, concat(...parts));
}

function leafFits(spec: LeafOp, leaf: LeafOp): boolean {
  return (
    leaf.hash === spec.hash &&
    leaf.prehashKey === spec.prehashKey &&
    leaf.prehashValue === spec.prehashValue &&
    leaf.length === spec.length &&
    startsWith(leaf.prefix, spec.prefix)
  );
}

function innerFits({ leafSpec, innerSpec: inner }: ProofSpec, step: InnerOp): boolean {
  const longest = inner.maxPrefixLength + (inner.childOrder.length - 1) * inner.childSize;
  return (
    step.hash === inner.hash &&
    step.hash !== HashOp.NO_HASH &&
    !startsWith(step.prefix, leafSpec.prefix) &&
    step.prefix.length >= inner.minPrefixLength &&
    step.prefix.length <= longest &&
    step.suffix.length % inner.childSize === 0
  );
}

/** An empty prefix matches everything, as a spec without a prefix means. */
function startsWith(bytes: Bytes, prefix: Bytes): boolean {
  return bytes.length >= prefix.length && equalBytes(bytes.subarray(0, prefix.length), prefix);
}

/** Which child of its parent a step comes from, by the lengths of prefix and suffix. */
function branchOf(spec: InnerSpec, step: InnerOp): number | undefined {
  for (let branch = 0; branch < spec.childOrder.length; branch++) if (isBranch(spec, step, branch)) return branch;
  return undefined;
}

function isBranch(spec: InnerSpec, step: InnerOp, branch: number): boolean {
  const at = spec.childOrder.indexOf(branch);
  const before = at * spec.childSize;
  return (
    step.prefix.length >= before + spec.minPrefixLength &&
    step.prefix.length <= before + spec.maxPrefixLength &&
    step.suffix.length === (spec.childOrder.length - 1 - at) * spec.childSize
  );
}

/** No leaf is beyond the path on that side: each step is the outermost child, or its outer siblings are empty. */
function isOuterMost(spec: InnerSpec, path: readonly InnerOp[], outer: number): boolean {
  return path.every(
    (step) => isBranch(spec, step, outer) || siblingsAreEmpty(spec, step, outer === 0 ? "left" : "right"),
  );
}

function siblingsAreEmpty(spec: InnerSpec, step: InnerOp, side: "left" | "right"): boolean {
  const branch = branchOf(spec, step);
  if (branch === undefined || spec.emptyChild.length !== spec.childSize) return false;
  const count = side === "left" ? branch : spec.childOrder.length - 1 - branch;
  if (count === 0) return false;
  const bytes = side === "left" ? step.prefix.subarray(step.prefix.length - count * spec.childSize) : step.suffix;
  if (bytes.length !== count * spec.childSize) return false;
  for (let i = 0; i < count; i++) {
    if (!equalBytes(bytes.subarray(i * spec.childSize, (i + 1) * spec.childSize), spec.emptyChild)) return false;
  }
  return true;
}

/** Both paths meet in one node as adjacent children, and no leaf is between them. */
function areNeighbours(spec: InnerSpec, left: readonly InnerOp[], right: readonly InnerOp[]): boolean {
  let a = left.length - 1;
  let b = right.length - 1;
  while (a >= 0 && b >= 0 && sameStep(left[a]!, right[b]!)) {
    a--;
    b--;
  }
  if (a < 0 || b < 0) return false;
  const leftBranch = branchOf(spec, left[a]!);
  const rightBranch = branchOf(spec, right[b]!);
  if (leftBranch === undefined || rightBranch === undefined || rightBranch !== leftBranch + 1) return false;
  return isOuterMost(spec, left.slice(0, a), spec.childOrder.length - 1) && isOuterMost(spec, right.slice(0, b), 0);
}

const sameStep = (a: InnerOp, b: InnerOp): boolean => equalBytes(a.prefix, b.prefix) && equalBytes(a.suffix, b.suffix);

/** The hashes of known specs; undefined for others. */
function hash(op: HashOp, bytes: Bytes): Bytes | undefined {
  if (op === HashOp.NO_HASH) return bytes;
  if (op === HashOp.SHA256) return sha256(bytes);
  if (op === HashOp.SHA512) return sha512(bytes);
  return undefined;
}

function lengthPrefix(op: LengthOp, length: number): Bytes | undefined {
  if (op === LengthOp.NO_PREFIX) return new Uint8Array(0);
  if (op === LengthOp.VAR_PROTO) return varint(length);
  if (op === LengthOp.REQUIRE_32_BYTES) return length === 32 ? new Uint8Array(0) : undefined;
  if (op === LengthOp.REQUIRE_64_BYTES) return length === 64 ? new Uint8Array(0) : undefined;
  return undefined;
}

function varint(value: number): Bytes {
  const out: number[] = [];
  while (value > 0x7f) {
    out.push((value & 0x7f) | 0x80);
    value >>>= 7;
  }
  out.push(value);
  return Uint8Array.from(out);
}
