import type { Messages } from "../codec/message.js";
import { sampleSize } from "./sample.js";

export type BatchRecord = Messages["tributary.attribution.v1.Batch"];

/** Opened whole when every consumer agreed and one settlement can hold all receipts; sampled otherwise. */
export function isWhole({ openAll, receipts, wholeReceiptsMax }: BatchRecord): boolean {
  return openAll && receipts <= BigInt(wholeReceiptsMax);
}

/** How many draws, or receipts of a whole batch, are to be opened. */
export function drawnOf(batch: BatchRecord): bigint {
  if (batch.auditSum === 0n) return 0n;
  return isWhole(batch) ? batch.receipts : BigInt(sampleSize(batch.receipts, batch.sampleMax));
}
