import { present } from "#proto/assert.js";
import { drawnOf, isWhole } from "#proto/attribution/batch.js";
import { sampleBatch, type SamplePoint } from "#proto/attribution/sample.js";
import { planBatch, type BatchPlan } from "#proto/attribution/settle.js";
import { stretchOf } from "#proto/attribution/stretch.js";
import type { Bytes } from "#proto/bytes.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { ReadView } from "../../store/view.js";
import { attributionErrors } from "./errors.js";
import { batches, epochs, vouchers } from "./keys.js";
import type { Batch, Epoch, Voucher } from "./types.js";

export { drawnOf, isWhole };

/** Where a batch stands; shown by queries. */
export const phases = { collecting: 1, waiting: 2, opening: 3, overdue: 4, settled: 5 } as const;

/** The batch, or attribution/batchNotFound. */
export function batchOf(view: ReadView, id: bigint): Batch | Rejection {
  return batches.get(view, [id]) ?? reject(attributionErrors.batchNotFound, { batch_id: id });
}

/** The epoch of a batch; undefined until the batch is formed. */
export function epochOf(view: ReadView, { epoch }: Batch): Epoch | undefined {
  return epochs.get(view, [epoch]);
}

/** The vouchers of a batch, one a channel, in state order: ascending by id. At most three times batch_vouchers_max. */
export function vouchersOf(view: ReadView, { id }: Batch): Voucher[] {
  return [...vouchers.range(view, { prefix: [id] })].map(([, voucher]) => voucher);
}

/** @param epoch undefined while the batch still collects. */
export function phaseOf(batch: Batch, epoch: Epoch | undefined, height: bigint): number {
  if (batch.settlement !== undefined) return phases.settled;
  if (epoch === undefined) return phases.collecting;
  if (epoch.deadline > 0n && height > epoch.deadline) return phases.overdue;
  return epoch.beacon.length > 0 || isWhole(batch) ? phases.opening : phases.waiting;
}

/** The draws of a sampled batch. Needs a beacon that is fixed. */
export function pointsOf(batch: Batch, epoch: Epoch | undefined, list: readonly Voucher[]): SamplePoint[] {
  const { beacon } = present(epoch, "a batch with a beacon has its epoch");
  return sampleBatch(beacon, batch.id, list.map(stretchOf), batch.sampleMax);
}

const NO_BEACON = new Uint8Array(0);

/** Beacon of the batch's epoch; empty as long as it has none. */
export function beaconOf(view: ReadView, batch: Batch): Bytes {
  return epochOf(view, batch)?.beacon ?? NO_BEACON;
}

/** How a formed batch is shared out. Needs the beacon of a sampled batch. @param list its vouchers */
export function planOf(view: ReadView, batch: Batch, list: readonly Voucher[]): BatchPlan {
  return planBatch(batch, list, beaconOf(view, batch));
}

/** The part of the account `attribution` that belongs to a batch until it is settled, in base units. */
export function heldFor({ pool, providerShare, royalties, ownerShare, settlement }: Batch): bigint {
  return settlement === undefined ? pool + providerShare + royalties + ownerShare : 0n;
}
