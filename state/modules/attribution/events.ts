import { toHex } from "#proto/bytes.js";
import type { EventSink } from "../../context.js";
import type { Batch, Credit, Epoch, Settlement } from "./types.js";

/** Emits attribution.epoch_formed. */
export function epochFormed(sink: EventSink, { number, formedHeight }: Epoch): void {
  sink.emit("attribution.epoch_formed", { epoch: number.toString(), formed_height: formedHeight.toString() });
}

/** Emits attribution.beacon_fixed. */
export function beaconFixed(sink: EventSink, { number, beacon, beaconHeight, deadline }: Epoch): void {
  sink.emit("attribution.beacon_fixed", {
    epoch: number.toString(),
    beacon: toHex(beacon),
    beacon_height: beaconHeight.toString(),
    deadline: deadline.toString(),
  });
}

/** Emits attribution.sample_opened. */
export function sampleOpened(sink: EventSink, { id, answered }: Batch, opener: string, receipts: number): void {
  sink.emit("attribution.sample_opened", {
    batch_id: id.toString(),
    opener,
    receipts: receipts.toString(),
    answered: answered.toString(),
  });
}

/** Emits attribution.batch_settled. */
export function batchSettled(sink: EventSink, { id, provider, versionId, pool }: Batch, settled: Settlement): void {
  sink.emit("attribution.batch_settled", {
    batch_id: id.toString(),
    provider,
    version_id: versionId.toString(),
    drawn: settled.drawn.toString(),
    opened: settled.opened.toString(),
    pool: pool.toString(),
    credited: settled.credited,
    contested: settled.contested,
    residual: settled.residual,
    forfeited: settled.forfeited.toString(),
  });
}

/** Emits attribution.contribution_credited. */
export function contributionCredited(sink: EventSink, credit: Credit): void {
  sink.emit("attribution.contribution_credited", {
    batch_id: credit.batchId.toString(),
    contribution_id: credit.contributionId.toString(),
    owner: credit.owner,
    tokens: credit.tokens.toString(),
    amount: credit.amount,
    contested: credit.contested,
  });
}
