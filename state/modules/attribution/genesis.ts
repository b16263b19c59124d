import { present } from "#proto/assert.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { Messages } from "#proto/codec/message.js";
import type { GenesisContext, GenesisField, QueryContext } from "../../module.js";
import { amountProblem, each, invalidGenesis, readGenesis, values, writeGenesis } from "../../module-genesis.js";
import {
  batches,
  batchIds,
  byProvider,
  common,
  contests,
  credits,
  creditsOf,
  due,
  epochs,
  nextBatch,
  nextVoucher,
  openings,
  params,
  parts,
  pieces,
  progress,
  records,
  residuals,
  royalties,
  rowIds,
  settling,
  totals,
  unsettled,
  uses,
  vouchers,
  waiting,
} from "./keys.js";
import { DEFAULT_PARAMS, paramsOf } from "./params.js";
import { batchTotals, NO_TOTALS } from "./totals.js";
import { shownPieces } from "./open.js";
import type { OpenedReceipt, Params } from "./types.js";

const GENESIS = "tributary.attribution.v1.Genesis";
type Genesis = Messages[typeof GENESIS];

/** Writes the module's part of app_state; a rejection names the field. */
export function initGenesis(context: GenesisContext, state: unknown): Rejection | undefined {
  const { view } = context;
  const genesis = readGenesis("attribution", GENESIS, state);
  if (isRejection(genesis)) return genesis;
  const settings = genesis.params ?? DEFAULT_PARAMS;
  const sums = genesis.totals ?? NO_TOTALS;
  const problem = checkParams(settings) ?? amountProblem("attribution", "totals", sums);
  if (problem !== undefined) return problem;
  params.put(view, [], settings);
  totals.put(view, [], sums);
  for (const fingerprint of genesis.common) common.put(view, [fingerprint], true);
  return readBatches(context, genesis) ?? readRecords(context, genesis);
}

function checkParams(settings: Params): Rejection | undefined {
  const positive: readonly (readonly [field: string, value: bigint | number])[] = [
    ["epoch_blocks", settings.epochBlocks],
    ["sample_max", settings.sampleMax],
    ["window_blocks", settings.windowBlocks],
    ["batch_vouchers_max", settings.batchVouchersMax],
    ["settle_work_per_block", settings.settleWorkPerBlock],
  ];
  const bad = positive.find(([, value]) => value <= 0);
  return bad === undefined ? undefined : invalidGenesis("attribution", `params.${bad[0]}`, "at least 1");
}

/** Batches with what finds them again; queues follow from what is not settled. */
function readBatches({ view, address }: GenesisContext, genesis: Genesis): Rejection | undefined {
  const open = new Set<bigint>();
  let last = 0n;
  for (const [i, batch] of genesis.batches.entries()) {
    const provider = address.parse(batch.provider);
    if (provider === undefined) {
      return invalidGenesis("attribution", `batches[${i}].provider`, "an account address of this chain");
    }
    if (batch.id <= last) return invalidGenesis("attribution", `batches[${i}].id`, "ascending, from 1");
    last = batch.id;
    batches.put(view, [batch.id], batch);
    batchIds.put(view, [batch.epoch, provider, batch.versionId], batch.id);
    byProvider.put(view, [provider, batch.id], true);
    if (batch.settlement !== undefined) continue;
    unsettled.put(view, [batch.epoch, batch.id], true);
    open.add(batch.epoch);
  }
  const next = genesis.nextBatchId === 0n ? 1n : genesis.nextBatchId;
  if (next <= last) return invalidGenesis("attribution", "next_batch_id", `above ${last}`);
  nextBatch.put(view, [], next);
  nextVoucher.put(view, [], genesis.nextVoucherId === 0n ? 1n : genesis.nextVoucherId);
  for (const epoch of genesis.epochs) {
    epochs.put(view, [epoch.number], epoch);
    if (!open.has(epoch.number)) continue;
    if (epoch.beacon.length === 0) waiting.put(view, [epoch.number], true);
    else due.put(view, [epoch.deadline, epoch.number], true);
  }
  return undefined;
}

function readRecords(context: GenesisContext, genesis: Genesis): Rejection | undefined {
  const { view, address } = context;
  for (const [i, record] of genesis.records.entries()) {
    const { fees, selfDealt, audited, providerShare, forfeited } = record;
    const amounts = { fees, selfDealt, audited, providerShare, forfeited };
    const problem = amountProblem("attribution", `records[${i}]`, amounts);
    if (problem !== undefined) return problem;
    const provider = address.parse(record.provider);
    if (provider === undefined) {
      return invalidGenesis("attribution", `records[${i}].provider`, "an account address of this chain");
    }
    records.put(view, [record.versionId, provider], record);
  }
  for (const { batchId, royalties: list } of genesis.royalties) royalties.put(view, [batchId], { royalties: list });
  for (const voucher of genesis.vouchers) {
    vouchers.put(view, [voucher.batchId, voucher.id], voucher);
    rowIds.put(view, [voucher.batchId, voucher.channelId], voucher.id);
  }
  const unread = readOpenings(context, "openings", genesis.openings) ?? readOpenings(context, "parts", genesis.parts);
  if (unread !== undefined) return unread;
  for (const [i, credit] of genesis.credits.entries()) {
    const { amount, contested, selfDealt } = credit;
    const problem = amountProblem("attribution", `credits[${i}]`, { amount, contested, selfDealt });
    if (problem !== undefined) return problem;
    if (!SQUARES.test(credit.squares)) {
      return invalidGenesis("attribution", `credits[${i}].squares`, "a decimal string");
    }
    credits.put(view, [credit.batchId, credit.contributionId], credit);
    creditsOf.put(view, [credit.contributionId, credit.batchId], true);
  }
  for (const [i, contest] of genesis.contests.entries()) {
    const { batchId, contributionId, seniorId, amount } = contest;
    const problem = amountProblem("attribution", `contests[${i}]`, { amount });
    if (problem !== undefined) return problem;
    contests.put(view, [batchId, contributionId, seniorId], contest);
  }
  for (const use of genesis.uses) uses.put(view, [use.contributionId, use.batchId, use.voucherId], use);
  for (const [i, row] of genesis.progress.entries()) {
    const { credited, contested } = row;
    const problem = amountProblem("attribution", `progress[${i}]`, { credited, contested });
    if (problem !== undefined) return problem;
    progress.put(view, [row.batchId], row);
  }
  for (const batchId of genesis.asked) settling.put(view, [batchId], true);
  for (const [i, row] of genesis.residuals.entries()) {
    const { residual, forfeited } = row;
    const problem = amountProblem("attribution", `residuals[${i}]`, { residual, forfeited });
    if (problem !== undefined) return problem;
    residuals.put(view, [row.versionId], row);
  }
  return undefined;
}

/** Of a sum of squares of at most 64 amounts of 128 bits. */
const SQUARES = /^(0|[1-9][0-9]{0,79})$/;

function readOpenings(
  { view, address }: GenesisContext,
  field: "openings" | "parts",
  list: Genesis["openings"],
): Rejection | undefined {
  for (const [i, { batchId, opened, pieces: shown }] of list.entries()) {
    const opener = opened === undefined ? undefined : address.parse(opened.opener);
    if (opened?.head === undefined || opener === undefined) {
      return invalidGenesis("attribution", `${field}[${i}].opened`, "an opening with its head and its opener");
    }
    const { voucherId, index } = opened;
    if (field === "openings") openings.put(view, [batchId, voucherId, index], opened);
    else parts.put(view, [batchId, voucherId, index, opener], opened);
    for (const [n, piece] of shown.entries()) pieces.put(view, [batchId, voucherId, index, opener, n], piece);
  }
  return undefined;
}

/** The fields that `initGenesis` reads. */
export function exportGenesis(context: QueryContext): Iterable<GenesisField> {
  const { view } = context;
  return writeGenesis(GENESIS, {
    params: paramsOf(view),
    common: each(common.range(view), ([[fingerprint]]) => fingerprint),
    nextBatchId: nextBatch.get(view, []) ?? 1n,
    nextVoucherId: nextVoucher.get(view, []) ?? 1n,
    epochs: values(epochs.range(view)),
    batches: values(batches.range(view)),
    royalties: each(royalties.range(view), ([[batchId], list]) => ({ batchId, royalties: list.royalties })),
    vouchers: values(vouchers.range(view)),
    openings: each(openings.range(view), ([[batchId], opened]) => withPieces(context, batchId, opened)),
    credits: values(credits.range(view)),
    residuals: values(residuals.range(view)),
    totals: batchTotals(view),
    parts: each(parts.range(view), ([[batchId], opened]) => withPieces(context, batchId, opened)),
    contests: values(contests.range(view)),
    uses: values(uses.range(view)),
    progress: values(progress.range(view)),
    records: values(records.range(view)),
    asked: each(settling.range(view), ([[batchId]]) => batchId),
  });
}

function withPieces(
  { view, address }: QueryContext,
  batchId: bigint,
  opened: OpenedReceipt,
): Genesis["openings"][number] {
  const opener = present(address.parse(opened.opener), "an opener is an address");
  return { batchId, opened, pieces: shownPieces(view, batchId, opened, opener) };
}
