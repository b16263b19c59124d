import { isWhole, type BatchRecord } from "../../attribution/batch.js";
import { verifyOpening } from "../../attribution/opening.js";
import { sampleBatch } from "../../attribution/sample.js";
import { drawsAnswered } from "../../attribution/settle.js";
import type { Bytes } from "../../bytes.js";
import type { Messages } from "../../codec/message.js";
import { stateKeys } from "../../light/state-keys.js";
import type { Comparison } from "./compare.js";
import { must, VerifyFault } from "./fault.js";
import type { OpeningPlace, Source } from "./source.js";
import { inOrder, type ProvenState } from "./state.js";
import type { VoucherRecord } from "./vouchers.js";

/** An opening as the chain stores it. */
export type OpenedRecord = Messages["tributary.attribution.v1.OpenedReceipt"];

const nameOf = ({ voucherId, index }: OpeningPlace): string => `opening of receipt ${index} under voucher ${voucherId}`;

/**
 * All openings of a batch, each verified against the signed voucher. None can be omitted: the batch's record counts the
 * answered draws.
 */
export async function readOpenings(
  { source, state }: { readonly source: Source; readonly state: ProvenState },
  batch: BatchRecord,
  vouchers: readonly VoucherRecord[],
  beacon: Bytes,
  found: Comparison,
): Promise<OpenedRecord[]> {
  const places = distinct(await source.openingPlaces(batch.id, state.height));
  const points = isWhole(batch) || beacon.length === 0 ? [] : sampleBatch(beacon, batch.id, vouchers, batch.sampleMax);
  let answered = 0;
  const openings = await inOrder(places, async (place) => {
    const what = nameOf(place);
    const key = stateKeys.opening(batch.id, place.voucherId, place.index);
    const record = await state.get("tributary.attribution.v1.OpenedReceipt", key, what);
    const at = vouchers.findIndex(({ id }) => id === place.voucherId);
    const voucher = vouchers[at];
    const { opening } = record;
    if (voucher === undefined || opening?.voucherId !== place.voucherId || opening.index !== place.index) {
      throw new VerifyFault("wrong_record", what, "the record is of another opening");
    }
    const { channelId, afterNonce, nonce, auditRoot, auditSum, auditCount } = voucher;
    const top = { hash: auditRoot, sum: auditSum, count: auditCount };
    const { versionId } = batch;
    const opened = must(what, verifyOpening({ channelId, versionId, afterNonce, nonce, top }, opening));
    const { interval } = opened;
    found.equal(`interval of the ${what}`, [record.intervalFrom, record.intervalTo], [interval.from, interval.to]);
    answered += isWhole(batch)
      ? 1
      : drawsAnswered(points, { voucher: at, index: opening.index, interval, opened }).length;
    return record;
  });
  if (BigInt(answered) !== batch.answered) {
    const why = `the batch counts ${batch.answered} answered draws, what the node shows answers ${answered}`;
    throw new VerifyFault("incomplete", `openings of batch ${batch.id}`, why);
  }
  return openings;
}

function distinct(places: readonly OpeningPlace[]): OpeningPlace[] {
  return [...new Map(places.map((place) => [nameOf(place), place])).values()];
}
