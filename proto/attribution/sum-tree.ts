import { concat, equalBytes, u64be, type Bytes } from "../bytes.js";
import { HASH_BYTES, sha256 } from "../crypto/hash.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import type { Messages } from "../codec/message.js";
import { poaErrors } from "./errors.js";
import { SUM_LEAVES_MAX, U64_MAX } from "./limits.js";
import { levelsOf, pathOf, stepsToTop } from "./shape.js";

/**
 * A Merkle-sum tree in the shape of RFC 6962 (README): a node hashes hash, sum and count of *both* children, so
 * no parent can claim another sum than theirs. Sums and counts are u64; more is refused, never wrapped.
 *
 *   node = H(01 || hL || u64 sL || u64 cL || hR || u64 sR || u64 cR)
 */
export type SumNode = Messages["tributary.attribution.v1.SumSibling"];

/** The top of a tree without leaves. */
export const EMPTY_SUM: SumNode = { hash: new Uint8Array(HASH_BYTES), sum: 0n, count: 0n };

/** A sum tree with all its levels in memory, the leaves first. */
export interface SumTree {
  readonly top: SumNode;
  readonly levels: readonly (readonly SumNode[])[];
}

/** The parent of two nodes. Rejects a sum or count above 64 bits (poa/overflow). */
export function joinSums(left: SumNode, right: SumNode): SumNode | Rejection {
  const sum = left.sum + right.sum;
  const count = left.count + right.count;
  if (sum > U64_MAX || count > U64_MAX) return reject(poaErrors.overflow, { sum, count });
  return { hash: sha256(concat(Uint8Array.of(1), sumBytes(left), sumBytes(right))), sum, count };
}

function sumBytes({ hash, sum, count }: SumNode): Bytes {
  return concat(hash, u64be(sum), u64be(count));
}

/**
 * Builds the tree. Rejects more than SUM_LEAVES_MAX leaves and a sum above 64 bits.
 * @param leaves each with count 1; without leaves the top is EMPTY_SUM
 */
export function sumTree(leaves: readonly SumNode[]): SumTree | Rejection {
  if (leaves.length > SUM_LEAVES_MAX) {
    return reject(poaErrors.tooMany, { field: "leaves", count: leaves.length, max: SUM_LEAVES_MAX });
  }
  let total = 0n;
  for (const { sum } of leaves) total += sum;
  if (total > U64_MAX) return reject(poaErrors.overflow, { sum: total });
  if (leaves.length === 0) return { top: EMPTY_SUM, levels: [] };
  const levels = levelsOf(leaves, joinWithinTotal);
  return { top: levels[levels.length - 1]![0]!, levels };
}

/** No part is above the total, which was checked; so no join overflows. */
function joinWithinTotal(left: SumNode, right: SumNode): SumNode {
  return joinSums(left, right) as SumNode;
}

/** The siblings of leaf `index`, nearest first. Needs index < count. */
export function sumPath(tree: SumTree, index: number): SumNode[] {
  return pathOf(tree.levels, index);
}

/** Index of the leaf whose interval contains `point`. Needs point < top.sum. Leaves with sum 0 are never found. */
export function leafAt({ levels }: SumTree, point: bigint): number {
  let index = 0;
  let rest = point;
  for (let height = levels.length - 2; height >= 0; height--) {
    index *= 2;
    const left = levels[height]![index]!.sum;
    if (rest >= left) {
      rest -= left;
      index += 1;
    }
  }
  return index;
}

/** The interval [from, to) of a proven leaf in the tree's sum. */
export interface SumInterval {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * The interval of a leaf, proven to be at `index` under `top`. Rejects in codespace poa: wrongIndex, wrongPathLength,
 * wrongSiblingCount, wrongHashSize, overflow, wrongSum, wrongRoot.
 * @param top known hash, sum and count: signed in the voucher or committed by the chain
 */
export function verifySumPath(
  top: SumNode,
  leaf: { readonly hash: Bytes; readonly sum: bigint },
  index: bigint,
  path: readonly SumNode[],
): SumInterval | Rejection {
  if (index < 0n || index >= top.count || top.count > U64_MAX) {
    return reject(poaErrors.wrongIndex, { index, count: top.count });
  }
  const steps = stepsToTop(index, top.count);
  if (path.length !== steps.length) {
    return reject(poaErrors.wrongPathLength, { field: "path", have: path.length, need: steps.length });
  }
  if (leaf.sum < 0n || leaf.sum > U64_MAX) return reject(poaErrors.overflow, { sum: leaf.sum });
  let from = 0n;
  let node: SumNode = { ...leaf, count: 1n };
  for (const [i, { siblingIsLeft, siblingLeaves }] of steps.entries()) {
    const sibling = path[i]!;
    const refusal = checkSibling(sibling, i, siblingLeaves);
    if (refusal !== undefined) return refusal;
    const joined = siblingIsLeft ? joinSums(sibling, node) : joinSums(node, sibling);
    if (isRejection(joined)) return joined;
    if (siblingIsLeft) from += sibling.sum;
    node = joined;
  }
  if (node.sum !== top.sum) return reject(poaErrors.wrongSum, { have: node.sum, need: top.sum });
  if (!equalBytes(node.hash, top.hash)) return reject(poaErrors.wrongRoot, { field: "path" });
  return { from, to: from + leaf.sum };
}

function checkSibling(sibling: SumNode, step: number, leaves: bigint): Rejection | undefined {
  if (sibling.hash.length !== HASH_BYTES) {
    return reject(poaErrors.wrongHashSize, { field: "path", size: sibling.hash.length });
  }
  if (sibling.count !== leaves) return reject(poaErrors.wrongSiblingCount, { step, have: sibling.count, need: leaves });
  return sibling.sum < 0n || sibling.sum > U64_MAX ? reject(poaErrors.overflow, { sum: sibling.sum }) : undefined;
}
