import { present } from "../assert.js";
import type { Bytes } from "../bytes.js";
import { drawnOf, isWhole, type BatchRecord } from "./batch.js";
import { auditedPool } from "./fee.js";
import { sampleBatch, sampledShare, wholeShare, type SamplePoint } from "./sample.js";
import { stretchOf, stretchSum, type VoucherRecord } from "./stretch.js";
import type { SumInterval } from "./sum-tree.js";

/** Shares of an opened receipt in its batch. */
export interface Share {
  /** Draws that it answers; 1 in a batch that is opened whole. */
  readonly draws: number;
  /** Billionths of the base unit that its answer shares out. */
  readonly pool: bigint;
  /** Base units of the provider's share that the opening earns. */
  readonly earned: bigint;
}

/** How a formed batch is shared out. */
export interface BatchPlan {
  /** Receipts to be opened: draws of the sample, or all receipts; 0 if nothing was audited. */
  readonly drawn: bigint;
  /** Undefined for a receipt that was not drawn. Asserts that the voucher is of the batch. */
  shareOf(voucherId: bigint, interval: SumInterval): Share | undefined;
}

/** The draws that the receipt at an interval of the audited sum of the channel at a place answers. */
export function drawsAnswered(points: readonly SamplePoint[], place: number, { from, to }: SumInterval): number[] {
  return points
    .filter(({ stretch, point }) => stretch === place && from <= point && point < to)
    .map(({ draw }) => draw);
}

/**
 * The plan of a batch. In a batch opened whole a receipt shares out the contributors' part of its own fee, in a sampled
 * one the same part of all that draws stand for. Either way the shares add up to the audited pool.
 * @param vouchers of the batch, ascending by id
 * @param beacon 32 bytes; not read if the batch is opened whole or nothing was audited
 */
export function planBatch(batch: BatchRecord, vouchers: readonly VoucherRecord[], beacon: Bytes): BatchPlan {
  const drawn = drawnOf(batch);
  const places = new Map(vouchers.map(({ id }, place) => [id, place]));
  const placeOf = (id: bigint): number => present(places.get(id), "an opening is of a voucher of its batch");
  const { contributorBasisPoints: basisPoints, providerShare } = batch;
  const stretches = vouchers.map(stretchOf);
  if (drawn === 0n) return { drawn, shareOf: () => undefined };
  if (!isWhole(batch)) {
    const points = sampleBatch(beacon, batch.id, stretches, batch.sampleMax);
    return {
      drawn,
      shareOf(voucherId, interval) {
        const draws = drawsAnswered(points, placeOf(voucherId), interval);
        const sum = (amount: bigint): bigint =>
          draws.reduce((total, draw) => total + sampledShare(amount, points.length, draw), 0n);
        if (draws.length === 0) return undefined;
        const pool = sum(auditedPool(batch.auditSum, basisPoints));
        return { draws: draws.length, pool, earned: sum(providerShare) };
      },
    };
  }
  const bases: bigint[] = [];
  let total = 0n;
  for (const stretch of stretches) {
    bases.push(total - stretch.from);
    total += stretchSum(stretch);
  }
  return {
    drawn,
    shareOf(voucherId, interval) {
      const base = bases[placeOf(voucherId)]!;
      const [from, to] = [base + interval.from, base + interval.to];
      return {
        draws: 1,
        pool: auditedPool(to - from, basisPoints),
        earned: wholeShare(providerShare, from, to, total),
      };
    },
  };
}
