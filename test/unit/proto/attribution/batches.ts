import { present } from "#proto/assert.js";
import type { BatchRecord } from "#proto/attribution/batch.js";
import { addReceipt, noSums, type BatchSums } from "#proto/attribution/rule/batch.js";
import { priceReceipt } from "#proto/attribution/rule/price.js";
import type { Ruling } from "#proto/attribution/rule/rule.js";
import { planBatch } from "#proto/attribution/settle.js";
import type { VoucherRecord } from "#proto/attribution/stretch.js";
import { noProgress, settlementOf, withReceipts, type SettlementRecord } from "#proto/attribution/settled.js";
import type { SumInterval } from "#proto/attribution/sum-tree.js";
import type { Bytes } from "#proto/bytes.js";

export const BEACON = new Uint8Array(32).fill(9);

export function voucherOf(id: bigint, auditSum: bigint, auditCount: bigint): VoucherRecord {
  const hash = new Uint8Array(32);
  return {
    ...{ id, batchId: 42n, channelId: id, consumer: "", afterNonce: 0n, nonce: auditCount, amount: auditSum },
    ...{
      fee: auditSum,
      auditRoot: hash,
      auditSum,
      auditCount,
      afterAuditSum: 0n,
      afterAuditCount: 0n,
      openAll: true,
      signature: hash,
      height: 1n,
      linked: 0,
      funder: "",
    },
  };
}

/** A batch of these vouchers, whose contributors get 30 %. */
export function batchOf(vouchers: readonly VoucherRecord[], more: Partial<BatchRecord> = {}): BatchRecord {
  const sum = (of: (voucher: VoucherRecord) => bigint): bigint => vouchers.reduce((all, each) => all + of(each), 0n);
  const auditSum = sum((voucher) => voucher.auditSum);
  return {
    ...{ id: 42n, provider: "", versionId: 1n, epoch: 0n, formedHeight: 5n, vouchers: vouchers.length },
    ...{ receipts: sum(({ auditCount }) => auditCount), auditSum, samplingVouchers: 0 },
    ...{
      fees: sum(({ fee }) => fee),
      selfDealt: 0n,
      burned: 0n,
      validators: 0n,
      pool: (3n * auditSum + 9n) / 10n,
      contributorBasisPoints: 3_000,
      providerShare: 500n,
    },
    ...{ royalties: 0n, ownerShare: 0n, sampleMax: 64, wholeReceiptsMax: 1_000, answered: 0n, settlement: undefined },
    ...more,
  };
}

/** A receipt that was opened. */
export interface Shown {
  readonly voucherId: bigint;
  readonly interval: SumInterval;
  readonly ruling: Ruling;
}

/** The settlement of a batch with these openings, in their order; a receipt that was not drawn is an error. */
export function settle(
  batch: BatchRecord,
  vouchers: readonly VoucherRecord[],
  shown: readonly Shown[],
  beacon: Bytes = BEACON,
): { readonly sums: BatchSums; readonly settlement: SettlementRecord } {
  const plan = planBatch(batch, vouchers, beacon);
  const sums = noSums();
  for (const { voucherId, interval, ruling } of shown) {
    const share = present(plan.shareOf(voucherId, interval), "the receipt was drawn");
    addReceipt(sums, { voucherId, payers: [], share, ruling, pay: priceReceipt(ruling, share.pool) });
  }
  const progress = withReceipts(noProgress(batch.id), sums);
  return { sums, settlement: settlementOf(batch, plan, progress, beacon, { height: 9n, time: 9_000n }) };
}
