import { isRejection, type Rejection } from "../rejection.js";
import { EMPTY_SUM, joinSums, type SumNode } from "./sum-tree.js";

/**
 * The right edge of a growing sum tree: the tops of its full subtrees, largest first, one for each bit of the count. Who signs
 * vouchers over the cumulative tree of a channel keeps this, at most 64 nodes, and needs no earlier receipt.
 */
export type SumFrontier = readonly SumNode[];

/** The frontier of the tree without leaves. */
export const EMPTY_SUM_FRONTIER: SumFrontier = [];

/** Appends one leaf, of count 1. Rejects a sum above 64 bits (poa/overflow). */
export function appendSum(frontier: SumFrontier, leaf: SumNode): SumFrontier | Rejection {
  const edge = [...frontier];
  let top = leaf;
  while (edge.at(-1)?.count === top.count) {
    const joined = joinSums(edge.pop()!, top);
    if (isRejection(joined)) return joined;
    top = joined;
  }
  const next = [...edge, top];
  const whole = topOf(next);
  return isRejection(whole) ? whole : next;
}

/** The top that a voucher signs. Rejects a sum above 64 bits (poa/overflow). */
export function topOf(frontier: SumFrontier): SumNode | Rejection {
  let top = frontier.at(-1) ?? EMPTY_SUM;
  for (let i = frontier.length - 2; i >= 0; i--) {
    const joined = joinSums(frontier[i]!, top);
    if (isRejection(joined)) return joined;
    top = joined;
  }
  return top;
}
