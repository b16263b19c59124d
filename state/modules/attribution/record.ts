import { present } from "#proto/assert.js";
import type { Messages } from "#proto/codec/message.js";
import type { Bytes } from "#proto/bytes.js";
import type { Context } from "../../context.js";
import { raised } from "../../stored-amount.js";
import type { ReadView } from "../../store/view.js";
import { records } from "./keys.js";
import type { Batch, Settlement } from "./types.js";

/** A provider's record with one version. */
export type ProviderRecord = Messages["tributary.attribution.v1.ProviderRecord"];

/** The record of a provider, by its address, with a version; undefined before its first batch is settled. */
export function providerRecord(view: ReadView, versionId: bigint, provider: Bytes): ProviderRecord | undefined {
  return records.get(view, [versionId, provider]);
}

/** Adds a batch that was just settled to its provider's record. */
export function addToRecord({ view, address }: Context, batch: Batch, settlement: Settlement): void {
  const provider = present(address.parse(batch.provider), "a batch's provider is an address");
  const before = records.get(view, [batch.versionId, provider]);
  records.put(view, [batch.versionId, provider], grownRecord(before, batch, settlement));
}

/** A record with one more batch. */
export function grownRecord(
  before: ProviderRecord | undefined,
  batch: Batch,
  { height, drawn, opened, forfeited }: Settlement,
): ProviderRecord {
  const { provider, versionId, receipts, fees, selfDealt, auditSum: audited, providerShare } = batch;
  const record = before ?? {
    ...{ provider, versionId, batches: 0n, withheldBatches: 0n, receipts: 0n, drawn: 0n, opened: 0n },
    ...{ fees: "0", selfDealt: "0", audited: "0", providerShare: "0", forfeited: "0" },
    ...{ firstHeight: height, lastHeight: height },
  };
  const counted: ProviderRecord = {
    ...record,
    batches: record.batches + 1n,
    withheldBatches: record.withheldBatches + (opened < drawn ? 1n : 0n),
    receipts: record.receipts + receipts,
    drawn: record.drawn + drawn,
    opened: record.opened + opened,
    lastHeight: height,
  };
  return raised(counted, { fees, selfDealt, audited, providerShare, forfeited });
}
