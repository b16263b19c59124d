import { assert } from "../assert.js";
import { readU64be, u32be, u64be, type Bytes } from "../bytes.js";
import { tagged } from "../crypto/hash.js";
import { stretchReceipts, stretchSum, type Stretch } from "./stretch.js";

/**
 * The sampled receipts of a batch and the share of each (README, "Sample and credit"). Sampling is proportional to fees and
 * fixed by the beacon, so the parties that formed the batch could not choose it.
 */

/** Draw j falls on the receipt whose interval [from, to) holds `point` of the audited sum of the channel at place `stretch`. */
export interface SamplePoint {
  readonly draw: number;
  readonly stretch: number;
  readonly point: bigint;
}

/** Receipts per drawn one, above the maximum: an eighth of a small batch is opened. */
const RECEIPTS_PER_DRAW = 8n;

/**
 * q = min(qMax, ceil(N / 8)). Draws are with replacement. qMax is a genesis parameter: 64, on a development chain 16.
 */
export function sampleSize(receipts: bigint, qMax: number): number {
  const wanted = (receipts + RECEIPTS_PER_DRAW - 1n) / RECEIPTS_PER_DRAW;
  return wanted < BigInt(qMax) ? Number(wanted) : qMax;
}

/**
 * The integer SHA-256("poa2/sample" || beacon || u64 batch || u32 draw) mod total. Asserts a beacon of 32 bytes and
 * total > 0.
 */
export function samplePoint(beacon: Bytes, batchId: bigint, draw: number, total: bigint): bigint {
  assert(beacon.length === 32 && total > 0n, "a sample needs a beacon of 32 bytes and a positive sum");
  const hash = tagged("poa2/sample", beacon, u64be(batchId), u32be(draw));
  let value = 0n;
  for (let at = 0; at < 32; at += 8) value = (value << 64n) | readU64be(hash, at);
  return value % total;
}

/**
 * All draws of a batch. Empty if nothing was audited or no fee was paid.
 * @param stretches one a channel, in state order
 */
export function sampleBatch(
  beacon: Bytes,
  batchId: bigint,
  stretches: readonly Stretch[],
  qMax: number,
): SamplePoint[] {
  const ends: bigint[] = [];
  let total = 0n;
  let receipts = 0n;
  for (const stretch of stretches) {
    total += stretchSum(stretch);
    receipts += stretchReceipts(stretch);
    ends.push(total);
  }
  if (total === 0n) return [];
  const points: SamplePoint[] = [];
  const size = sampleSize(receipts, qMax);
  for (let draw = 0; draw < size; draw++) {
    const point = samplePoint(beacon, batchId, draw, total);
    const place = firstAbove(ends, point);
    const { from, to } = stretches[place]!;
    points.push({ draw, stretch: place, point: from + point - (ends[place]! - (to - from)) });
  }
  return points;
}

/** Index of the first interval end above the point. Intervals without width are never hit. */
function firstAbove(ends: readonly bigint[], point: bigint): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! > point) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The share of draw j in a sampled batch: amount div q, plus one unit if j < amount mod q. The shares add up to the
 * amount. Needs draws > 0.
 */
export function sampledShare(amount: bigint, draws: number, draw: number): bigint {
  const q = BigInt(draws);
  return amount / q + (BigInt(draw) < amount % q ? 1n : 0n);
}

/**
 * The share of the receipt at [from, to) in a batch that is opened whole: floor(amount * to / total) - floor(amount *
 * from / total). The floors telescope, so the shares of all receipts add up to the amount. Needs to <= total.
 */
export function wholeShare(amount: bigint, from: bigint, to: bigint, total: bigint): bigint {
  return total === 0n ? 0n : (amount * to) / total - (amount * from) / total;
}
