import { epochAt, formedHeight } from "#proto/attribution/epoch.js";
import type { FeeShares, FeeSplit } from "#proto/attribution/fee.js";
import { linksOf } from "#proto/attribution/links.js";
import { U64_MAX } from "#proto/attribution/limits.js";
import { addRow, emptyBatch, rowRoyalties } from "#proto/attribution/rows.js";
import type { Standing, Voucher as SignedVoucher } from "#proto/attribution/voucher.js";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import type { WriteView } from "../../store/view.js";
import { accountOf } from "../auth/index.js";
import { ownerOfVersion } from "../model/index.js";
import { attributionErrors } from "./errors.js";
import {
  batches,
  batchIds,
  byProvider,
  nextBatch,
  nextVoucher,
  royalties,
  rowIds,
  unsettled,
  vouchers,
} from "./keys.js";
import { paramsOf } from "./params.js";
import { addHeld } from "./totals.js";
import type { Batch, Params, Voucher } from "./types.js";

/** A redeemed voucher on its way into a batch. */
export interface VoucherEntry {
  readonly channel: {
    readonly id: bigint;
    readonly consumer: string;
    readonly provider: string;
    readonly versionId: bigint;
  };
  /** A closing channel finds a place where an open one waits for the next epoch. */
  readonly isClosing: boolean;
  /** The channel's numbers before the redemption. */
  readonly before: Standing;
  readonly voucher: SignedVoucher;
  readonly signature: Bytes;
  /** Of the version. */
  readonly shares: FeeShares;
}

/** Where a voucher went, and what of its fee left at once; base units. */
export interface Entered {
  readonly batchId: bigint;
  readonly voucherId: bigint;
  readonly burned: bigint;
  readonly validators: bigint;
}

/**
 * Adds a voucher to the batch of (provider, version, epoch): a channel has one row there, its newest voucher. The caller moves
 * what is neither burned nor the validators' to this module's account.
 */
export function enterVoucher(context: Context, entry: VoucherEntry): Entered | Rejection {
  const { view, block } = context;
  const { channel, voucher, shares } = entry;
  const settings = paramsOf(view);
  const provider = present(context.address.parse(channel.provider), "the channel's provider was checked");
  const epoch = epochAt(block.height, settings.epochBlocks);
  const known = batchIds.get(view, [epoch, provider, channel.versionId]);
  const batch =
    known === undefined ? newBatch(view, entry, epoch, settings) : present(batches.get(view, [known]), "indexed");
  const row = rowOf(view, batch.id, channel.id);
  const nextRow = grownRow(context, entry, batch.id, row, settings);
  const next = addRow(batch, row, nextRow, shares);
  const refused = checkRoom(batch, next, entry, row === undefined, settings);
  if (refused !== undefined) return refused;

  if (known === undefined) {
    nextBatch.put(view, [], batch.id + 1n);
    batchIds.put(view, [epoch, provider, channel.versionId], batch.id);
    byProvider.put(view, [provider, batch.id], true);
    unsettled.put(view, [epoch, batch.id], true);
  }
  if (row === undefined) {
    nextVoucher.put(view, [], nextRow.id + 1n);
    rowIds.put(view, [batch.id, channel.id], nextRow.id);
  }
  batches.put(view, [batch.id], next);
  vouchers.put(view, [batch.id, nextRow.id], nextRow);
  putRoyalties(view, batch.id, rowRoyalties(royaltiesOf(view, batch.id), row, nextRow, shares));
  const [burned, validators] = [next.burned - batch.burned, next.validators - batch.validators];
  const fee = voucher.amount - entry.before.amount;
  addHeld(view, fee, fee - burned - validators, next.selfDealt - batch.selfDealt);
  return { batchId: batch.id, voucherId: nextRow.id, burned, validators };
}

function rowOf(view: WriteView, batchId: bigint, channelId: bigint): Voucher | undefined {
  const id = rowIds.get(view, [batchId, channelId]);
  return id === undefined ? undefined : present(vouchers.get(view, [batchId, id]), "indexed");
}

/** The channel's row with one more voucher: it keeps its id, and where the channel stood before the first one. */
function grownRow(
  context: Context,
  { channel, before, voucher, signature }: VoucherEntry,
  batchId: bigint,
  row: Voucher | undefined,
  { linkedBlocks }: Params,
): Voucher {
  const { view, block } = context;
  const funder = funderOf(context, channel.consumer, linkedBlocks);
  const first = row ?? {
    id: nextVoucher.get(view, []) ?? 1n,
    afterNonce: before.nonce,
    afterAuditSum: before.auditSum,
    afterAuditCount: before.auditCount,
    fee: 0n,
  };
  const { id, afterNonce, afterAuditSum, afterAuditCount, fee } = first;
  return {
    id,
    batchId,
    channelId: channel.id,
    consumer: channel.consumer,
    afterNonce,
    afterAuditSum,
    afterAuditCount,
    nonce: voucher.nonce,
    amount: voucher.amount,
    fee: fee + voucher.amount - before.amount,
    auditRoot: voucher.auditRoot,
    auditSum: voucher.auditSum,
    auditCount: voucher.auditCount,
    openAll: voucher.openAll,
    signature,
    height: block.height,
    linked: linksOf({ ...channel, funder, owner: ownerOfVersion(view, channel.versionId) }),
    funder,
  };
}

/** The account that sent the consumer its first coins, if that was less than `linked_blocks` before; else empty. */
function funderOf({ view, address, block }: Context, consumer: string, linkedBlocks: bigint): string {
  const account = accountOf(view, present(address.parse(consumer), "the channel's consumer was checked"));
  const { funder, fundedHeight } = present(account, "a consumer has paid a deposit");
  const isRecent = funder.length > 0 && block.height < fundedHeight + linkedBlocks;
  return isRecent ? address.format(funder) : "";
}

function newBatch(view: WriteView, { channel, shares }: VoucherEntry, epoch: bigint, settings: Params): Batch {
  return emptyBatch({
    id: nextBatch.get(view, []) ?? 1n,
    provider: channel.provider,
    versionId: channel.versionId,
    epoch,
    formedHeight: formedHeight(epoch, settings.epochBlocks),
    contributorBasisPoints: Number(shares.contributorBasisPoints),
    sampleMax: settings.sampleMax,
    wholeReceiptsMax: settings.wholeReceiptsMax,
  });
}

/**
 * Closing channels of a provider and version that can redeem in one epoch, in units of batch_vouchers_max: so many are in
 * grace at its start, and each place in grace is taken at most once more before it ends (usage/grace.ts).
 */
const CLOSING_PLACES = 2;

/**
 * The rows are bounded, since each block that goes on with the batch reads them; the sums are 64 bits. Open channels cannot
 * take the places of closing ones, which have no later epoch.
 */
function checkRoom(
  batch: Batch,
  next: Batch,
  { isClosing }: VoucherEntry,
  isNewRow: boolean,
  { batchVouchersMax }: Params,
): Rejection | undefined {
  const full = (field: string, max: bigint): Rejection =>
    reject(attributionErrors.batchFull, { batch_id: batch.id, field, max, fix: "redeem in the next epoch" });
  const rowsMax = isClosing ? batchVouchersMax * (1 + CLOSING_PLACES) : batchVouchersMax;
  if (isNewRow && batch.vouchers >= rowsMax) return full("vouchers", BigInt(rowsMax));
  if (next.fees > U64_MAX) return full("fees", U64_MAX);
  return next.receipts > U64_MAX ? full("receipts", U64_MAX) : undefined;
}

type Royalties = FeeSplit["royalties"];

function royaltiesOf(view: WriteView, batchId: bigint): Royalties {
  return royalties.get(view, [batchId])?.royalties ?? [];
}

function putRoyalties(view: WriteView, batchId: bigint, list: Royalties): void {
  if (list.length > 0) royalties.put(view, [batchId], { royalties: [...list] });
}
