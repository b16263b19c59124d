import { isRejection, type Rejection } from "#proto/rejection.js";
import type { Messages } from "#proto/codec/message.js";
import type { GenesisContext, GenesisField, QueryContext } from "../../module.js";
import { amountProblem, each, invalidGenesis, readGenesis, values, writeGenesis } from "../../module-genesis.js";
import {
  batches,
  batchIds,
  byProvider,
  common,
  credits,
  creditsOf,
  due,
  epochs,
  nextBatch,
  nextVoucher,
  openings,
  params,
  residuals,
  royalties,
  totals,
  unsettled,
  vouchers,
  waiting,
} from "./keys.js";
import { DEFAULT_PARAMS, paramsOf } from "./params.js";
import { batchTotals, NO_TOTALS } from "./totals.js";
import type { Params } from "./types.js";

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
    ["settle_batches_per_block", settings.settleBatchesPerBlock],
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

function readRecords({ view }: GenesisContext, genesis: Genesis): Rejection | undefined {
  for (const { batchId, royalties: list } of genesis.royalties) royalties.put(view, [batchId], { royalties: list });
  for (const voucher of genesis.vouchers) vouchers.put(view, [voucher.batchId, voucher.id], voucher);
  for (const [i, { batchId, opened }] of genesis.openings.entries()) {
    if (opened?.opening === undefined) return invalidGenesis("attribution", `openings[${i}].opened`, "an opening");
    openings.put(view, [batchId, opened.opening.voucherId, opened.opening.index], opened);
  }
  for (const credit of genesis.credits) {
    credits.put(view, [credit.batchId, credit.contributionId], credit);
    creditsOf.put(view, [credit.contributionId, credit.batchId], true);
  }
  for (const [i, row] of genesis.residuals.entries()) {
    const { residual, forfeited } = row;
    const problem = amountProblem("attribution", `residuals[${i}]`, { residual, forfeited });
    if (problem !== undefined) return problem;
    residuals.put(view, [row.versionId], row);
  }
  return undefined;
}

/** The fields that `initGenesis` reads. */
export function exportGenesis({ view }: QueryContext): Iterable<GenesisField> {
  return writeGenesis(GENESIS, {
    params: paramsOf(view),
    common: each(common.range(view), ([[fingerprint]]) => fingerprint),
    nextBatchId: nextBatch.get(view, []) ?? 1n,
    nextVoucherId: nextVoucher.get(view, []) ?? 1n,
    epochs: values(epochs.range(view)),
    batches: values(batches.range(view)),
    royalties: each(royalties.range(view), ([[batchId], list]) => ({ batchId, royalties: list.royalties })),
    vouchers: values(vouchers.range(view)),
    openings: each(openings.range(view), ([[batchId], opened]) => ({ batchId, opened })),
    credits: values(credits.range(view)),
    residuals: values(residuals.range(view)),
    totals: batchTotals(view),
  });
}
