import { assert } from "../assert.js";
import { equalBytes, type Bytes } from "../bytes.js";
import { sha256 } from "../crypto/hash.js";

/**
 * RFC 6962 Merkle trees: leaf H(00 || data), node H(01 || left || right), split at the largest power of two below n.
 * The empty tree is H(""). Proofs carry index and count, so both are bound by the root's shape.
 */
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
/** Upper bound of a proof's length. */
export const AUNTS_MAX = 64;

/** Proof that a leaf is at `index` of `total`. */
export interface MerkleProof {
  readonly index: number;
  readonly total: number;
  /** Siblings from the leaf upwards, 32 bytes each. */
  readonly aunts: readonly Bytes[];
}

/** H(00 || data), 32 bytes. */
export const leafHash = (data: Bytes): Bytes => sha256(LEAF, data);
const nodeHash = (left: Bytes, right: Bytes): Bytes => sha256(NODE, left, right);

/** The largest power of two below n. Needs n >= 2. */
export function splitPoint(n: number): number {
  let split = 1;
  while (split * 2 < n) split *= 2;
  return split;
}

/** The root over leaf data, 32 bytes; H("") without leaves. */
export function merkleRoot(leaves: readonly Bytes[]): Bytes {
  return rootOfHashes(leaves.map(leafHash));
}

/** The root over leaf hashes. */
export function rootOfHashes(hashes: readonly Bytes[]): Bytes {
  if (hashes.length === 0) return sha256(new Uint8Array(0));
  // Pairing neighbours and passing an odd last one up gives the same tree as splitting at powers of two.
  let level = hashes;
  while (level.length > 1) {
    const above: Bytes[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1];
      above.push(right === undefined ? level[i]! : nodeHash(level[i]!, right));
    }
    level = above;
  }
  return level[0]!;
}

/** The root, and the proof of each leaf. */
export function merkleProofs(leaves: readonly Bytes[]): { root: Bytes; proofs: MerkleProof[] } {
  const hashes = leaves.map(leafHash);
  const proofs = hashes.map((_, index) => ({ index, total: hashes.length, aunts: [] as Bytes[] }));
  let level: { hash: Bytes; members: number[] }[] = hashes.map((hash, index) => ({ hash, members: [index] }));
  while (level.length > 1) {
    const above: typeof level = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i]!;
      const right = level[i + 1];
      if (right === undefined) {
        above.push(left);
        continue;
      }
      for (const member of left.members) proofs[member]!.aunts.push(right.hash);
      for (const member of right.members) proofs[member]!.aunts.push(left.hash);
      above.push({ hash: nodeHash(left.hash, right.hash), members: [...left.members, ...right.members] });
    }
    level = above;
  }
  return { root: level[0]?.hash ?? rootOfHashes([]), proofs };
}

/** Whether `data` is leaf `index` of `total` under `root`. Total: false for any malformed proof. */
export function verifyMerkle(root: Bytes, data: Bytes, proof: MerkleProof): boolean {
  const { index, total, aunts } = proof;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(total)) return false;
  if (index < 0 || index >= total || aunts.length > AUNTS_MAX) return false;
  if (!aunts.every((aunt) => aunt.length === 32)) return false;
  const path = pathOf(index, total);
  if (path.length !== aunts.length) return false;
  let hash = leafHash(data);
  for (let i = 0; i < aunts.length; i++) {
    hash = path[i] === "left" ? nodeHash(aunts[i]!, hash) : nodeHash(hash, aunts[i]!);
  }
  return equalBytes(hash, root);
}

/** The side of each aunt, from the leaf upwards. */
function pathOf(index: number, total: number): ("left" | "right")[] {
  const sides: ("left" | "right")[] = [];
  let from = 0;
  let count = total;
  while (count > 1) {
    const split = splitPoint(count);
    if (index < from + split) {
      sides.push("right");
      count = split;
    } else {
      sides.push("left");
      from += split;
      count -= split;
    }
  }
  assert(from === index, "the path ends at the leaf");
  return sides.reverse();
}
