import { toHex } from "#proto/bytes.js";
import type { EventSink } from "../../context.js";
import type { Batch, Credit, Epoch, Settlement } from "./types.js";

export function epochFormed(sink: EventSink, { number, formedHeight }: Epoch): void {
  sink.emit("attribution.epoch_formed", { epoch: number.toString(), formed_height: formedHeight.toString() });
}

export function beaconFixed(sink: EventSink, { number, beacon, beaconHeight, deadline }: Epoch): void {
  sink.emit("attribution.beacon_fixed", {
    epoch: number.toString(),
    beacon: toHex(beacon),
    beacon_height: beaconHeight.toString(),
    deadline: deadline.toString(),
  });
}

export function sampleOpened(sink: EventSink, { id, answered }: Batch, opener: string, receipts: number): void {
  sink.emit("attribution.sample_opened", {
    batch_id: id.toString(),
    opener,
    receipts: receipts.toString(),
    answered: answered.toString(),
  });
}

export function batchSettled(sink: EventSink, { id, provider, versionId, pool }: Batch, settled: Settlement): void {
  sink.emit("attribution.batch_settled", {
    batch_id: id.toString(),
    provider,
    version_id: versionId.toString(),
    drawn: settled.drawn.toString(),
    opened: settled.opened.toString(),
    pool: pool.toString(),
    credited: settled.credited.toString(),
    residual: settled.residual.toString(),
    forfeited: settled.forfeited.toString(),
  });
}

export function contributionCredited(sink: EventSink, credit: Credit): void {
  sink.emit("attribution.contribution_credited", {
    batch_id: credit.batchId.toString(),
    contribution_id: credit.contributionId.toString(),
    owner: credit.owner,
    positions: credit.positions.toString(),
    amount: credit.amount.toString(),
    treasury: credit.treasury.toString(),
  });
}
