import type { Bytes } from "../bytes.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import type { Credit } from "./credit.js";
import { poaErrors } from "./errors.js";
import { leafHasher } from "./hash-tree.js";
import { U64_MAX } from "./limits.js";
import { sumPath, sumTree, verifySumPath, type SumInterval, type SumNode, type SumTree } from "./sum-tree.js";

/**
 * The credits of a batch as one sum tree, sorted by (contribution, draw, position). A contribution's credits are one range
 * of it, and disjoint ranges of one sum tree cannot pay more than its top: conservation is structural.
 *
 *   leaf = H(00 || "poa2/crd" || u64 contribution || u32 draw || u16 position || u64 amount), sum = amount
 */
const KEY_BYTES = 8 + 4 + 2;

/** The sum tree of a batch's credits, and the credits in leaf order. */
export interface CreditTree {
  readonly tree: SumTree;
  readonly credits: readonly Credit[];
}

/** A credit, its leaf index, and its siblings up to the top. */
export interface CreditPlace {
  readonly credit: Credit;
  readonly index: bigint;
  readonly path: readonly SumNode[];
}

/**
 * The first and last credit of a contribution, and the credits next to them; `undefined` beyond the ends of the tree.
 */
export interface RangeClaim {
  readonly contribution: bigint;
  readonly beforeFirst: CreditPlace | undefined;
  readonly first: CreditPlace;
  readonly last: CreditPlace;
  readonly afterLast: CreditPlace | undefined;
}

/**
 * Sorts the credits and builds the tree. Rejects two credits with one key (poa/notSorted), values outside the leaf's
 * widths and sums above 64 bits (poa/overflow).
 */
export function creditTree(credits: readonly Credit[]): CreditTree | Rejection {
  if (!credits.every(fitsLeaf)) return reject(poaErrors.overflow, { field: "credits" });
  const sorted = [...credits].sort(compareCredits);
  for (let i = 1; i < sorted.length; i++) {
    if (compareCredits(sorted[i - 1]!, sorted[i]!) === 0) {
      return reject(poaErrors.notSorted, { field: "credits", index: i });
    }
  }
  const tree = sumTree(sorted.map((credit) => ({ hash: creditLeaf(credit), sum: credit.amount, count: 1n })));
  return isRejection(tree) ? tree : { tree, credits: sorted };
}

function compareCredits(a: Credit, b: Credit): number {
  if (a.contribution !== b.contribution) return a.contribution < b.contribution ? -1 : 1;
  return a.draw === b.draw ? a.position - b.position : a.draw - b.draw;
}

function creditLeaf({ contribution, draw, position, amount }: Credit): Bytes {
  const leaf = leafHasher("poa2/crd", KEY_BYTES + 8);
  const view = new DataView(leaf.data.buffer, leaf.data.byteOffset);
  view.setBigUint64(0, contribution);
  view.setUint32(8, draw);
  view.setUint16(12, position);
  view.setBigUint64(KEY_BYTES, amount);
  return leaf.hash();
}

/** A number outside these widths would wrap and give the leaf of another credit. */
function fitsLeaf({ contribution, draw, position, amount }: Credit): boolean {
  const wide = (value: bigint): boolean => value >= 0n && value <= U64_MAX;
  return wide(contribution) && wide(amount) && draw >>> 0 === draw && (position & 0xffff) === position;
}

/** The claim of all credits of a contribution; undefined if it has none. */
export function proveClaim({ tree, credits }: CreditTree, contribution: bigint): RangeClaim | undefined {
  const first = credits.findIndex((credit) => credit.contribution === contribution);
  if (first < 0) return undefined;
  let last = first;
  while (credits[last + 1]?.contribution === contribution) last++;
  const place = (index: number): CreditPlace => ({
    credit: credits[index]!,
    index: BigInt(index),
    path: sumPath(tree, index),
  });
  return {
    contribution,
    beforeFirst: first === 0 ? undefined : place(first - 1),
    first: place(first),
    last: place(last),
    afterLast: last + 1 === credits.length ? undefined : place(last + 1),
  };
}

/**
 * The interval [from, to) of the tree's sum that belongs to this contribution, proven complete. Rejects with
 * poa/wrongClaim or the reason of a bad path.
 * @param top known sum node of the batch's credits
 */
export function verifyClaim(top: SumNode, claim: RangeClaim): SumInterval | Rejection {
  const { contribution, beforeFirst, first, last, afterLast } = claim;
  const wrong = (why: string): Rejection => reject(poaErrors.wrongClaim, { contribution, why });
  if (first.credit.contribution !== contribution || last.credit.contribution !== contribution) {
    return wrong("an end of the range belongs to another contribution");
  }
  if (beforeFirst !== undefined && beforeFirst.credit.contribution >= contribution) return wrong("starts too late");
  if (afterLast !== undefined && afterLast.credit.contribution <= contribution) return wrong("ends too early");
  // Where a neighbour is missing, the end of the tree must be there: the verified count says so.
  if ((beforeFirst === undefined ? -1n : beforeFirst.index) + 1n !== first.index) return wrong("gap before the first");
  if ((afterLast === undefined ? top.count : afterLast.index) - 1n !== last.index) return wrong("gap after the last");
  if (first.index > last.index) return wrong("ends before it starts");

  let [from, to] = [0n, 0n];
  for (const place of [beforeFirst, afterLast, first, last]) {
    if (place === undefined) continue;
    const { credit, index, path } = place;
    if (!fitsLeaf(credit)) return wrong("a credit is out of range");
    const interval = verifySumPath(top, { hash: creditLeaf(credit), sum: credit.amount }, index, path);
    if (isRejection(interval)) return interval;
    if (place === first) from = interval.from;
    if (place === last) to = interval.to;
  }
  return { from, to };
}

/**
 * The sum of several claims, in base units. Contributions must ascend strictly, so that no contribution is claimed
 * twice and no ranges overlap.
 */
export function verifyClaims(top: SumNode, claims: readonly RangeClaim[]): bigint | Rejection {
  let total = 0n;
  for (const [i, claim] of claims.entries()) {
    if (i > 0 && claim.contribution <= claims[i - 1]!.contribution) {
      return reject(poaErrors.wrongClaim, { contribution: claim.contribution, why: "claimed twice or out of order" });
    }
    const interval = verifyClaim(top, claim);
    if (isRejection(interval)) return interval;
    total += interval.to - interval.from;
  }
  return total;
}
