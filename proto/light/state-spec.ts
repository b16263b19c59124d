import { HashOp, LengthOp } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { concat, utf8, type Bytes } from "../bytes.js";
import { backend } from "../crypto/backend.js";
import type { ProofSpec } from "./ics23.js";

/**
 * The state tree as an ICS-23 specification for other verifiers. An inner node hashes 64 bytes and a leaf 72, so neither
 * can pass for the other although inner nodes have no prefix. Without a prefix a level is hashed in one native batch.
 */
export const LEAF_TAG = utf8("tribleaf"); // 8 bytes, permanent.
/** Hash of a subtree without leaves: 32 zero bytes. */
export const EMPTY_CHILD: Bytes = new Uint8Array(32);
/** Depth of the tree: one level per bit of SHA-256. */
export const DEPTH_MAX = 256;

/** The ICS-23 specification of the state tree. */
export const STATE_PROOF_SPEC: ProofSpec = {
  leafSpec: {
    hash: HashOp.SHA256,
    prehashKey: HashOp.SHA256,
    prehashValue: HashOp.SHA256,
    length: LengthOp.NO_PREFIX,
    prefix: LEAF_TAG,
  },
  innerSpec: {
    childOrder: [0, 1],
    childSize: 32,
    minPrefixLength: 0,
    maxPrefixLength: 0,
    emptyChild: EMPTY_CHILD,
    hash: HashOp.SHA256,
  },
  maxDepth: DEPTH_MAX,
  minDepth: 0,
  prehashKeyBeforeComparison: true,
};

/** Hash of a leaf: SHA-256("tribleaf" || SHA-256(key) || SHA-256(value)), 32 bytes. */
export function leafHash(keyHash: Bytes, value: Bytes): Bytes {
  const out = new Uint8Array(32);
  leafHashInto(keyHash, value, out);
  return out;
}

/** Writes the hash of a leaf to the 32 bytes of `out`. */
export function leafHashInto(keyHash: Bytes, value: Bytes, out: Bytes): void {
  leaf.set(keyHash, LEAF_TAG.length);
  backend().sha256Into(value, leafValueHash);
  backend().sha256Into(leaf, out);
}

/** Reused: thousands of leaves are hashed for a block, and 72 bytes are too many for the engine's cheap small arrays. */
const leaf = concat(LEAF_TAG, new Uint8Array(64));
const leafValueHash = leaf.subarray(LEAF_TAG.length + 32);
