import { equalBytes, readU64be, u64be, type Bytes } from "../bytes.js";
import { HASH_BYTES } from "../crypto/hash.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { checkSet, FINGERPRINT_BYTES } from "./packed.js";
import { U64_MAX } from "./limits.js";
import {
  hashPath,
  hashTree,
  leafHasher,
  verifyEmpty,
  verifyHashPath,
  type HashPlace,
  type HashTree,
} from "./hash-tree.js";

/** Tag of the set tree: the tree over the sorted, distinct fingerprints of a contribution. */
export const SET_TAG = "poa2/set";

/** A fingerprint and its place in the tree. */
export interface SetEntry extends HashPlace {
  readonly fingerprint: bigint;
}

/** The neighbours of an absent fingerprint. One is undefined at the edges, both in the empty set. */
export interface AbsenceProof {
  readonly left: SetEntry | undefined;
  readonly right: SetEntry | undefined;
}

/** The tree over a packed set. Rejects what `checkSet` rejects. */
export function setTree(packed: Bytes): HashTree | Rejection {
  const refusal = checkSet(packed);
  if (refusal !== undefined) return refusal;
  const count = packed.length / FINGERPRINT_BYTES;
  const hasher = leafHasher(SET_TAG, FINGERPRINT_BYTES);
  const leaves = new Uint8Array(count * HASH_BYTES);
  for (let i = 0; i < count; i++) {
    hasher.data.set(packed.subarray(i * FINGERPRINT_BYTES, (i + 1) * FINGERPRINT_BYTES));
    leaves.set(hasher.hash(), i * HASH_BYTES);
  }
  return hashTree(SET_TAG, leaves);
}

/** The root over a packed set. Rejects what `checkSet` rejects. */
export function setRoot(packed: Bytes): Bytes | Rejection {
  const tree = setTree(packed);
  return isRejection(tree) ? tree : tree.root;
}

/** Undefined if the packed set has this root, else what `checkSet` rejects or poa/wrongRoot. */
export function verifySet(root: Bytes, packed: Bytes): Rejection | undefined {
  const have = setRoot(packed);
  if (isRejection(have)) return have;
  return equalBytes(have, root) ? undefined : reject(poaErrors.wrongRoot, { field: SET_TAG });
}

/** The entry at an index, with its path. Needs index < tree.count, and `packed` to be the tree's set. */
export function proveMember(tree: HashTree, packed: Bytes, index: number): SetEntry {
  return {
    fingerprint: readU64be(packed, index * FINGERPRINT_BYTES),
    index: BigInt(index),
    count: BigInt(tree.count),
    path: hashPath(tree, index),
  };
}

/** The proof that a fingerprint is absent; undefined if it is present. Needs `packed` to be the tree's set. */
export function proveAbsent(tree: HashTree, packed: Bytes, fingerprint: bigint): AbsenceProof | undefined {
  const at = lowerBound(packed, fingerprint);
  if (at < tree.count && readU64be(packed, at * FINGERPRINT_BYTES) === fingerprint) return undefined;
  return {
    left: at === 0 ? undefined : proveMember(tree, packed, at - 1),
    right: at === tree.count ? undefined : proveMember(tree, packed, at),
  };
}

/** Undefined if the entry is in the set under `root`, else a rejection in codespace poa. */
export function verifyMember(root: Bytes, entry: SetEntry): Rejection | undefined {
  if (entry.fingerprint < 0n || entry.fingerprint > U64_MAX) {
    return reject(poaErrors.overflow, { field: "fingerprint" });
  }
  const hasher = leafHasher(SET_TAG, FINGERPRINT_BYTES);
  hasher.data.set(u64be(entry.fingerprint));
  return verifyHashPath(SET_TAG, root, hasher.hash(), entry);
}

/** Undefined if the set under `root` does not hold the fingerprint, else a rejection in codespace poa. */
export function verifyAbsent(root: Bytes, fingerprint: bigint, { left, right }: AbsenceProof): Rejection | undefined {
  if (left === undefined && right === undefined) return verifyEmpty(SET_TAG, root);
  for (const entry of [left, right]) {
    const refusal = entry === undefined ? undefined : verifyMember(root, entry);
    if (refusal !== undefined) return refusal;
  }
  if (left !== undefined && left.fingerprint >= fingerprint) return reject(poaErrors.notAbsent, { side: "left" });
  if (right !== undefined && right.fingerprint <= fingerprint) return reject(poaErrors.notAbsent, { side: "right" });
  // The root holds the count, so an edge is provable: the first has index 0, the last count - 1.
  const leftIndex = left === undefined ? -1n : left.index;
  const rightIndex = right === undefined ? left!.count : right.index;
  return leftIndex + 1n === rightIndex
    ? undefined
    : reject(poaErrors.notAdjacent, { left: leftIndex, right: rightIndex });
}

/** Index of the first fingerprint of a packed set that is at or above the wanted one; the count if there is none. */
export function lowerBound(packed: Bytes, fingerprint: bigint): number {
  let low = 0;
  let high = packed.length / FINGERPRINT_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (readU64be(packed, middle * FINGERPRINT_BYTES) < fingerprint) low = middle + 1;
    else high = middle;
  }
  return low;
}
