import type { Messages } from "../codec/message.js";

/** The redemptions of one channel in one batch, as the chain stores them. */
export type VoucherRecord = Messages["tributary.attribution.v1.Voucher"];

/**
 * The receipts of a channel that belong to one batch: those at `first` and after it, before `end`, whose fees together are the
 * part [from, to) of the channel's audited sum. Stretches of a channel follow each other without gap or overlap.
 */
export interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
  readonly first: bigint;
  readonly end: bigint;
}

/** The stretch of a record: from where the channel stood before the batch to its newest voucher in it. */
export function stretchOf({ afterAuditSum, auditSum, afterAuditCount, auditCount }: VoucherRecord): Stretch {
  return { from: afterAuditSum, to: auditSum, first: afterAuditCount, end: auditCount };
}

/** Audited fees of a stretch, in base units. */
export const stretchSum = ({ from, to }: Stretch): bigint => to - from;

/** Receipts of a stretch. */
export const stretchReceipts = ({ first, end }: Stretch): bigint => end - first;
