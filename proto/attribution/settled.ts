import { addAmount, BILLIONTHS, parseAmount } from "../amount.js";
import { present } from "../assert.js";
import type { Bytes } from "../bytes.js";
import type { Messages } from "../codec/message.js";
import { isWhole, type BatchRecord } from "./batch.js";
import { auditedPool } from "./fee.js";
import type { BatchSums, CreditSum, UseSum } from "./rule/batch.js";
import { residualReasons } from "./rule/reasons.js";
import type { BatchPlan } from "./settle.js";
import type { Contribution } from "./standing.js";

/** How far a batch is settled. */
export type Progress = Messages["tributary.attribution.v1.Progress"];
/** The record that the chain writes when a batch is settled. Verifiers recompute it and compare. */
export type SettlementRecord = Messages["tributary.attribution.v1.Settlement"];
/** The record of one contribution's credit in one batch. */
export type CreditRecord = Messages["tributary.attribution.v1.Credit"];
/** Contested credit of one batch, by its pair. */
export type ContestRecord = Messages["tributary.attribution.v1.Contest"];
/** Tokens of one batch that only contributions without a licence hold. */
export type UseRecord = Messages["tributary.attribution.v1.Use"];
type Reason = Messages["tributary.attribution.v1.Reason"];

/** An amount of a record: decimal text. */
export function amountOf(text: string): bigint {
  return present(parseAmount(text), "a stored amount is a decimal string");
}

const plus = (text: string, more: bigint): string => addAmount(amountOf(text), more).toString();

/** A batch of which no receipt is settled. */
export function noProgress(batchId: bigint): Progress {
  return {
    batchId,
    voucherId: 0n,
    index: 0n,
    contributionId: 0n,
    opened: 0n,
    shared: "0",
    earned: 0n,
    credited: "0",
    contested: "0",
    reasons: [],
  };
}

/** The progress after further receipts. Where the next one is stays with the caller. */
export function withReceipts(progress: Progress, sums: BatchSums): Progress {
  let [credited, contested] = [0n, 0n];
  for (const sum of sums.credits.values()) {
    credited += sum.amount;
    contested += sum.contested;
  }
  let { reasons } = progress;
  for (const [reason, { tokens, amount }] of sums.residual) reasons = withReason(reasons, reason, tokens, amount);
  return {
    ...progress,
    opened: progress.opened + sums.opened,
    shared: plus(progress.shared, sums.shared),
    earned: progress.earned + sums.earned,
    credited: plus(progress.credited, credited),
    contested: plus(progress.contested, contested),
    reasons,
  };
}

/** Ascending by code. */
function withReason(reasons: readonly Reason[], reason: number, tokens: number, amount: bigint): Reason[] {
  const before = reasons.find((row) => row.reason === reason) ?? { reason, tokens: 0n, amount: "0" };
  const row = { reason, tokens: before.tokens + BigInt(tokens), amount: plus(before.amount, amount) };
  return [...reasons.filter((other) => other.reason !== reason), row].sort((a, b) => a.reason - b.reason);
}

/**
 * The settlement of a batch whose receipts are all added up: what was not opened and what was not audited is residual, and
 * credited + residual is the pool. The pool is rounded up once a voucher; of a batch without fees that are not audited the
 * difference is residual as rounding.
 * @param at height and time (unix milliseconds) of the block that settles the last receipt
 */
export function settlementOf(
  batch: BatchRecord,
  plan: Pick<BatchPlan, "drawn">,
  progress: Progress,
  beacon: Bytes,
  at: { readonly height: bigint; readonly time: bigint },
): SettlementRecord {
  const whole = isWhole(batch);
  const pool = batch.pool * BILLIONTHS;
  const audited = auditedPool(batch.auditSum, batch.contributorBasisPoints);
  const withheld = audited - amountOf(progress.shared);
  const rest = pool - audited;
  const restReason = batch.auditSum === batch.fees ? residualReasons.rounding : residualReasons.notAudited;
  let { reasons } = progress;
  if (withheld > 0n) reasons = withReason(reasons, residualReasons.withheld, 0, withheld);
  if (rest > 0n) reasons = withReason(reasons, restReason, 0, rest);
  return {
    height: at.height,
    time: at.time,
    whole,
    beacon: whole || plan.drawn === 0n ? new Uint8Array(0) : beacon,
    drawn: plan.drawn,
    opened: progress.opened,
    credited: progress.credited,
    contested: progress.contested,
    residual: (pool - amountOf(progress.credited)).toString(),
    forfeited: batch.providerShare - progress.earned,
    reasons: [...reasons],
  };
}

/** A credit with what further receipts add to it. */
export function creditRecord(
  { id: batchId, ...batch }: BatchRecord,
  { id: contributionId, owner, datanetId }: Pick<Contribution, "id" | "owner" | "datanetId">,
  sum: CreditSum,
  before?: CreditRecord,
): CreditRecord {
  const { tokens, receipts, amount, contested, selfDealt, squares } = before ?? {
    tokens: 0n,
    receipts: 0n,
    amount: "0",
    contested: "0",
    selfDealt: "0",
    squares: "0",
  };
  return {
    batchId,
    contributionId,
    owner,
    datanetId,
    tokens: tokens + BigInt(sum.tokens),
    receipts: receipts + BigInt(sum.receipts),
    amount: plus(amount, sum.amount),
    contested: plus(contested, sum.contested),
    selfDealt: plus(selfDealt, sum.selfDealt),
    squares: isWhole({ id: batchId, ...batch }) ? "0" : (BigInt(squares) + sum.squares).toString(),
  };
}

/** Contested credit of a pair with what further receipts add to it. */
export function contestRecord(
  batchId: bigint,
  contributionId: bigint,
  seniorId: bigint,
  more: bigint,
  before?: ContestRecord,
): ContestRecord {
  return { batchId, contributionId, seniorId, amount: plus(before?.amount ?? "0", more) };
}

/** A use without a licence with what further receipts add to it. */
export function useRecord(
  batchId: bigint,
  contributionId: bigint,
  voucherId: bigint,
  { receipts, tokens }: UseSum,
  before?: UseRecord,
): UseRecord {
  return {
    contributionId,
    batchId,
    voucherId,
    receipts: (before?.receipts ?? 0n) + BigInt(receipts),
    tokens: (before?.tokens ?? 0n) + BigInt(tokens),
  };
}

/**
 * One standard error of a credit, in billionths: its draws are a sample with replacement, so that the variance of their
 * sum is q / (q - 1) times the sum of the squared differences from the mean. 0 if the batch was opened whole; of a single
 * draw nothing is known, and the error is the credit.
 */
export function samplingError({ amount, squares }: CreditRecord, { whole, drawn }: SettlementRecord): bigint {
  if (whole) return 0n;
  const sum = amountOf(amount);
  if (drawn < 2n) return sum;
  const spread = drawn * BigInt(squares) - sum * sum;
  return spread <= 0n ? 0n : squareRoot(spread / (drawn - 1n));
}

/** floor of the square root (Newton). */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
