import type { BatchRecord as Batch } from "./batch.js";
import { auditedSplit, splitFee, type FeeShares, type FeeSplit } from "./fee.js";
import { stretchOf, stretchReceipts, stretchSum, type VoucherRecord as Voucher } from "./stretch.js";

/** A batch before its first voucher. */
type Terms = Pick<
  Batch,
  | "id"
  | "provider"
  | "versionId"
  | "epoch"
  | "formedHeight"
  | "contributorBasisPoints"
  | "sampleMax"
  | "wholeReceiptsMax"
>;

/** A batch without vouchers. */
export function emptyBatch(terms: Terms): Batch {
  return { ...terms, ...NO_SUMS, answered: 0n, settlement: undefined };
}

const NO_SUMS = {
  vouchers: 0,
  samplingVouchers: 0,
  receipts: 0n,
  auditSum: 0n,
  fees: 0n,
  selfDealt: 0n,
  burned: 0n,
  validators: 0n,
  pool: 0n,
  providerShare: 0n,
  royalties: 0n,
  ownerShare: 0n,
};
type Sums = typeof NO_SUMS;

/**
 * The batch with a new row, or with a row in the place of `before`. A row counts as if it had come at once: how many vouchers
 * a channel redeems in an epoch changes no sum.
 */
export function addRow(batch: Batch, before: Voucher | undefined, row: Voucher, shares: FeeShares): Batch {
  const without = before === undefined ? NO_SUMS : sumsOf(before, shares);
  const more = sumsOf(row, shares);
  const next = { ...batch };
  for (const name of COUNTS) next[name] += more[name] - without[name];
  for (const name of AMOUNTS) next[name] += more[name] - without[name];
  return next;
}

/** The sums of a batch with these rows, one a channel. Verifiers compare them with its record. */
export function sumRows(rows: readonly Voucher[], shares: FeeShares): Sums {
  const sums = { ...NO_SUMS };
  for (const row of rows) {
    const more = sumsOf(row, shares);
    for (const name of COUNTS) sums[name] += more[name];
    for (const name of AMOUNTS) sums[name] += more[name];
  }
  return sums;
}

const COUNTS = ["vouchers", "samplingVouchers"] as const;
const AMOUNTS = [
  "receipts",
  "auditSum",
  "fees",
  "selfDealt",
  "burned",
  "validators",
  "pool",
  "providerShare",
  "royalties",
  "ownerShare",
] as const;

function sumsOf(row: Voucher, shares: FeeShares): Sums {
  const { fee, openAll, linked } = row;
  const split = splitFee(fee, shares);
  const stretch = stretchOf(row);
  const auditSum = stretchSum(stretch);
  const audited = auditedSplit(split, auditSum, fee);
  return {
    vouchers: 1,
    samplingVouchers: openAll ? 0 : 1,
    receipts: stretchReceipts(stretch),
    auditSum,
    fees: fee,
    selfDealt: linked === 0 ? 0n : fee,
    burned: split.burned,
    validators: split.validators,
    pool: audited.pool,
    providerShare: audited.provider,
    royalties: split.royalties.reduce((sum, { amount }) => sum + amount, 0n),
    ownerShare: split.owner,
  };
}

/** The royalties of a batch with a new row, or with a row in the place of `before`; empty if the version pays none. */
export function rowRoyalties(
  list: FeeSplit["royalties"],
  before: Voucher | undefined,
  row: Voucher,
  shares: FeeShares,
): FeeSplit["royalties"] {
  const known = new Map(list.map(({ versionId, amount }) => [versionId, amount]));
  const without = before === undefined ? [] : splitFee(before.fee, shares).royalties;
  return splitFee(row.fee, shares).royalties.map(({ versionId, amount }, i) => ({
    versionId,
    amount: (known.get(versionId) ?? 0n) + amount - (without[i]?.amount ?? 0n),
  }));
}
