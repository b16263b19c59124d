import type { Messages } from "../codec/message.js";
import { sampleSize } from "./sample.js";

/** A batch as the chain stores it: the vouchers of one provider, version and epoch. */
export type BatchRecord = Messages["tributary.attribution.v1.Batch"];

/**
 * Whether every receipt of the batch is opened: all its vouchers say open_all, and one settlement can hold all receipts.
 * Otherwise the beacon samples.
 */
export function isWhole({ samplingVouchers, receipts, wholeReceiptsMax }: BatchRecord): boolean {
  return samplingVouchers === 0 && receipts <= BigInt(wholeReceiptsMax);
}

/**
 * The number of openings that the batch needs: its draws, or all its receipts if it is opened whole. 0 if nothing is
 * audited.
 */
export function drawnOf(batch: BatchRecord): bigint {
  if (batch.auditSum === 0n) return 0n;
  return isWhole(batch) ? batch.receipts : BigInt(sampleSize(batch.receipts, batch.sampleMax));
}
