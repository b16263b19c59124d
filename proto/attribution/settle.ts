import { assert } from "../assert.js";
import type { Bytes } from "../bytes.js";
import { creditBatch, type BatchCredits, type CreditLookups, type Draw, type OpenedReceipt } from "./credit.js";
import { sampleBatch, sampledShare, wholeShare, type AuditedVoucher, type SamplePoint } from "./sample.js";
import type { SumInterval } from "./sum-tree.js";

/** A formed batch. */
export interface Batch {
  readonly batchId: bigint;
  /** Base units that the audited receipts share. */
  readonly pool: bigint;
  /** The provider's share of the batch, in base units. A withheld opening forfeits its part. */
  readonly bond: bigint;
  /** In state order. */
  readonly vouchers: readonly AuditedVoucher[];
  /** Every receipt is opened and pays its own part; otherwise the beacon samples (`isWhole`). */
  readonly whole: boolean;
  readonly beacon: Bytes;
  readonly sampleMax: number;
}

/** A verified opening (opening.ts) and its place in the batch. */
export interface LocatedOpening {
  /** Index of the voucher in the batch. */
  readonly voucher: number;
  /** Index of the receipt in the voucher's tree, and its interval there. */
  readonly index: bigint;
  readonly interval: SumInterval;
  readonly opened: OpenedReceipt;
}

/** The outcome of a settlement. */
export interface Settlement extends BatchCredits {
  /** Receipts to be opened: draws of the sample, or all receipts. */
  readonly drawn: number;
  readonly opened: number;
  /** Part of the bond of withheld openings, in base units; it goes to the residual. */
  readonly forfeited: bigint;
}

/** The draws that an opening answers; empty if its receipt was not drawn. */
export function drawsAnswered(points: readonly SamplePoint[], { voucher, interval }: LocatedOpening): number[] {
  const answers = ({ voucher: wanted, point }: SamplePoint): boolean =>
    wanted === voucher && interval.from <= point && point < interval.to;
  return points.filter(answers).map(({ draw }) => draw);
}

/**
 * Computes the payouts of one batch from committed bytes alone: credited + residual = pool, to the unit. Openings may
 * come in any order; a receipt that is opened twice counts once. Asserts that every opening names a voucher of the
 * batch.
 */
export function settleBatch(batch: Batch, openings: readonly LocatedOpening[], lookups: CreditLookups): Settlement {
  const draws = batch.whole ? wholeDraws(batch, openings) : sampledDraws(batch, openings);
  let forfeited = 0n;
  for (const draw of draws) if (draw.opened === undefined) forfeited += draw.bond;
  const drawn = batch.whole
    ? Number(batch.vouchers.reduce((sum, { auditCount }) => sum + auditCount, 0n))
    : draws.length;
  const opened = draws.filter((draw) => draw.opened !== undefined).length;
  const credits = creditBatch(draws, lookups);
  // Without a draw (nothing audited) nothing is withheld: the pool is residual, and the provider keeps the bond.
  return draws.length > 0
    ? { ...credits, drawn, opened, forfeited }
    : { ...credits, residual: batch.pool, reasons: notAudited(credits, batch.pool), drawn, opened, forfeited };
}

type BondedDraw = Draw & { readonly bond: bigint };

function sampledDraws(
  { batchId, pool, bond, vouchers, beacon, sampleMax }: Batch,
  openings: readonly LocatedOpening[],
): BondedDraw[] {
  const points = sampleBatch(beacon, batchId, vouchers, sampleMax);
  const answers = new Map<number, OpenedReceipt>();
  for (const opening of openings) for (const draw of drawsAnswered(points, opening)) answers.set(draw, opening.opened);
  return points.map(({ draw }) => ({
    draw,
    pool: sampledShare(pool, points.length, draw),
    bond: sampledShare(bond, points.length, draw),
    opened: answers.get(draw),
  }));
}

/** Every opened receipt in batch order, and one more row for the withheld receipts together. */
function wholeDraws({ pool, bond, vouchers }: Batch, openings: readonly LocatedOpening[]): BondedDraw[] {
  const bases: { sum: bigint; count: bigint }[] = [];
  let [total, receipts] = [0n, 0n];
  for (const { auditSum, auditCount } of vouchers) {
    bases.push({ sum: total, count: receipts });
    total += auditSum;
    receipts += auditCount;
  }
  const draws = new Map<number, BondedDraw>();
  let [poolLeft, bondLeft] = [pool, bond];
  for (const { voucher, index, interval, opened } of openings) {
    const base = bases[voucher];
    assert(base !== undefined, "an opening names no voucher of the batch");
    const draw = Number(base.count + index);
    if (draws.has(draw)) continue;
    const [from, to] = [base.sum + interval.from, base.sum + interval.to];
    const row = { draw, pool: wholeShare(pool, from, to, total), bond: wholeShare(bond, from, to, total), opened };
    poolLeft -= row.pool;
    bondLeft -= row.bond;
    draws.set(draw, row);
  }
  const ordered = [...draws.values()].sort((a, b) => a.draw - b.draw);
  if (BigInt(ordered.length) === receipts && total > 0n) return ordered;
  return receipts === 0n || total === 0n
    ? []
    : [...ordered, { draw: Number(receipts), pool: poolLeft, bond: bondLeft, opened: undefined }];
}

function notAudited({ reasons }: BatchCredits, pool: bigint): BatchCredits["reasons"] {
  return pool === 0n ? reasons : { ...reasons, notAudited: { count: 1, amount: pool } };
}
