import { epochAt, formedHeight } from "#proto/attribution/epoch.js";
import { auditedSplit, type FeeShares, type FeeSplit } from "#proto/attribution/fee.js";
import { linksOf } from "#proto/attribution/links.js";
import { U64_MAX } from "#proto/attribution/limits.js";
import type { Voucher as SignedVoucher, VoucherStep } from "#proto/attribution/voucher.js";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import type { WriteView } from "../../store/view.js";
import { accountOf } from "../auth/index.js";
import { ownerOfVersion } from "../model/index.js";
import { attributionErrors } from "./errors.js";
import { batches, batchIds, byProvider, nextBatch, nextVoucher, royalties, unsettled, vouchers } from "./keys.js";
import { paramsOf } from "./params.js";
import { addHeld } from "./totals.js";
import type { Batch, Params } from "./types.js";

/** A redeemed voucher on its way into a batch. */
export interface VoucherEntry {
  readonly channel: {
    readonly id: bigint;
    readonly consumer: string;
    readonly provider: string;
    readonly versionId: bigint;
  };
  readonly voucher: SignedVoucher;
  readonly signature: Bytes;
  readonly step: VoucherStep;
  /** Of the version, and its fee by them. */
  readonly shares: FeeShares;
  readonly split: FeeSplit;
}

/** Adds a voucher to the batch of (provider, version, epoch). The caller moves fee - burned - validators to this module's account. */
export function enterVoucher(
  context: Context,
  entry: VoucherEntry,
): { batchId: bigint; voucherId: bigint } | Rejection {
  const { view, block } = context;
  const { channel, voucher, signature, step, split } = entry;
  const settings = paramsOf(view);
  const provider = present(context.address.parse(channel.provider), "the channel's provider was checked");
  const epoch = epochAt(block.height, settings.epochBlocks);
  const known = batchIds.get(view, [epoch, provider, channel.versionId]);
  const batch =
    known === undefined ? newBatch(view, entry, epoch, settings) : present(batches.get(view, [known]), "indexed");
  const funder = funderOf(context, channel.consumer, settings.linkedBlocks);
  const linked = linksOf({ ...channel, funder, owner: ownerOfVersion(view, channel.versionId) });
  const next = grown(batch, entry, settings, linked);
  if (isRejection(next)) return next;

  if (known === undefined) {
    nextBatch.put(view, [], batch.id + 1n);
    batchIds.put(view, [epoch, provider, channel.versionId], batch.id);
    byProvider.put(view, [provider, batch.id], true);
    unsettled.put(view, [epoch, batch.id], true);
  }
  const voucherId = nextVoucher.get(view, []) ?? 1n;
  nextVoucher.put(view, [], voucherId + 1n);
  batches.put(view, [batch.id], next);
  vouchers.put(view, [batch.id, voucherId], {
    id: voucherId,
    batchId: batch.id,
    channelId: channel.id,
    consumer: channel.consumer,
    afterNonce: step.afterNonce,
    nonce: step.nonce,
    amount: voucher.amount,
    fee: step.fee,
    auditRoot: voucher.auditRoot,
    auditSum: voucher.auditSum,
    auditCount: voucher.auditCount,
    openAll: voucher.openAll,
    signature,
    height: block.height,
    linked,
    funder,
  });
  addRoyalties(view, batch.id, split);
  addHeld(view, step.fee, step.fee - split.burned - split.validators, linked !== 0);
  return { batchId: batch.id, voucherId };
}

/** The account that sent the consumer its first coins, if that was less than `linked_blocks` before; else empty. */
function funderOf({ view, address, block }: Context, consumer: string, linkedBlocks: bigint): string {
  const account = accountOf(view, present(address.parse(consumer), "the channel's consumer was checked"));
  const { funder, fundedHeight } = present(account, "a consumer has paid a deposit");
  const isRecent = funder.length > 0 && block.height < fundedHeight + linkedBlocks;
  return isRecent ? address.format(funder) : "";
}

function newBatch(view: WriteView, { channel, shares }: VoucherEntry, epoch: bigint, settings: Params): Batch {
  return {
    id: nextBatch.get(view, []) ?? 1n,
    provider: channel.provider,
    versionId: channel.versionId,
    epoch,
    formedHeight: formedHeight(epoch, settings.epochBlocks),
    vouchers: 0,
    receipts: 0n,
    auditSum: 0n,
    openAll: true,
    fees: 0n,
    selfDealt: 0n,
    burned: 0n,
    validators: 0n,
    pool: 0n,
    contributorBasisPoints: Number(shares.contributorBasisPoints),
    providerShare: 0n,
    royalties: 0n,
    ownerShare: 0n,
    sampleMax: settings.sampleMax,
    wholeReceiptsMax: settings.wholeReceiptsMax,
    answered: 0n,
    settlement: undefined,
  };
}

/** Its vouchers are bounded, since each block that goes on with it reads them; its sums are 64 bits. */
function grown(
  batch: Batch,
  { voucher, step, split }: VoucherEntry,
  settings: Params,
  linked: number,
): Batch | Rejection {
  const full = (field: string, max: bigint): Rejection =>
    reject(attributionErrors.batchFull, { batch_id: batch.id, field, max, fix: "redeem in the next epoch" });
  if (batch.vouchers >= settings.batchVouchersMax) return full("vouchers", BigInt(settings.batchVouchersMax));
  if (batch.fees + step.fee > U64_MAX) return full("fees", U64_MAX);
  if (batch.receipts + voucher.auditCount > U64_MAX) return full("receipts", U64_MAX);
  const audited = auditedSplit(split, voucher.auditSum, step.fee);
  const royaltySum = split.royalties.reduce((sum, { amount }) => sum + amount, 0n);
  return {
    ...batch,
    vouchers: batch.vouchers + 1,
    receipts: batch.receipts + voucher.auditCount,
    auditSum: batch.auditSum + voucher.auditSum,
    openAll: batch.openAll && voucher.openAll,
    fees: batch.fees + step.fee,
    selfDealt: batch.selfDealt + (linked === 0 ? 0n : step.fee),
    burned: batch.burned + split.burned,
    validators: batch.validators + split.validators,
    pool: batch.pool + audited.pool,
    providerShare: batch.providerShare + audited.provider,
    royalties: batch.royalties + royaltySum,
    ownerShare: batch.ownerShare + split.owner,
  };
}

function addRoyalties(view: WriteView, batchId: bigint, split: FeeSplit): void {
  if (split.royalties.length === 0) return;
  const before = new Map<bigint, bigint>();
  for (const { versionId, amount } of royalties.get(view, [batchId])?.royalties ?? []) before.set(versionId, amount);
  const list = split.royalties.map(({ versionId, amount }) => ({
    versionId,
    amount: amount + (before.get(versionId) ?? 0n),
  }));
  royalties.put(view, [batchId], { royalties: list });
}
