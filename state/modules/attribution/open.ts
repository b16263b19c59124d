import { drawsAnswered } from "#proto/attribution/settle.js";
import { verifyOpening, type Opening } from "#proto/attribution/opening.js";
import { TOKEN_HASH_BYTES } from "#proto/attribution/token-hash.js";
import type { SamplePoint } from "#proto/attribution/sample.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { GAS } from "../../gas.js";
import { batchOf, drawnOf, epochOf, isWhole, phaseOf, phases, pointsOf, vouchersOf } from "./batch.js";
import { attributionErrors } from "./errors.js";
import { sampleOpened } from "./events.js";
import { batches, openings } from "./keys.js";
import type { Batch, Epoch, OpenedReceipt, Voucher } from "./types.js";

const response = message("tributary.attribution.v1.MsgOpenSampleResponse");

/** Shows drawn receipts: every byte is checked against what the consumer signed, and one wrong byte refuses all of them. */
export function openSample(
  context: Context,
  { signer, batchId, openings: shown }: Messages["tributary.attribution.v1.MsgOpenSample"],
): Bytes | Rejection {
  const { view, block } = context;
  const batch = batchOf(view, batchId);
  if (isRejection(batch)) return batch;
  const epoch = epochOf(view, batch);
  const refused = refusedBy(batch, epoch, block.height);
  if (refused !== undefined) return refused;
  if (shown.length === 0) return reject(attributionErrors.nothingToOpen, { field: "openings" });

  const list = vouchersOf(view, batch);
  const points = isWhole(batch) ? undefined : pointsOf(batch, epoch, list);
  const taken = new Map<string, { readonly record: OpenedReceipt; readonly answered: number }>();
  for (const [i, opening] of shown.entries()) {
    const at = (rejection: Rejection): Rejection => ({
      ...rejection,
      data: { at: `openings[${i}]`, voucher_id: opening.voucherId, index: opening.index, ...rejection.data },
    });
    const place = list.findIndex(({ id }) => id === opening.voucherId);
    const voucher = list[place];
    if (voucher === undefined) return at(reject(attributionErrors.voucherNotFound, { batch_id: batchId }));
    if (signer !== batch.provider && signer !== voucher.consumer) {
      return at(reject(attributionErrors.notParty, { want: `${batch.provider} or ${voucher.consumer}` }));
    }
    const key = `${opening.voucherId}/${opening.index}`;
    if (taken.has(key) || openings.has(view, [batchId, opening.voucherId, opening.index])) {
      return at(reject(attributionErrors.alreadyOpened));
    }
    context.charge(GAS.perHash * BigInt(hashesOf(opening)));
    const opened = judge(batch, voucher, place, opening, points);
    if (isRejection(opened)) return at(opened);
    const [intervalFrom, intervalTo] = [opened.from, opened.to];
    const record = { opening, intervalFrom, intervalTo, opener: signer, height: block.height };
    taken.set(key, { record, answered: opened.answered });
  }

  let [answered, tokens] = [0, 0];
  for (const { record, answered: draws } of taken.values()) {
    const { voucherId, index, tokens: opened } = record.opening!;
    openings.put(view, [batchId, voucherId, index], record);
    answered += draws;
    tokens += opened.length / TOKEN_HASH_BYTES;
  }
  const next: Batch = {
    ...batch,
    answered: batch.answered + BigInt(answered),
    tokens: batch.tokens + BigInt(tokens),
  };
  batches.put(view, [batchId], next);
  sampleOpened(context, next, signer, shown.length);
  return response.encode({ opened: answered, missing: Number(drawnOf(next) - next.answered) });
}

/** Openings are taken from formation (whole) or from the beacon (sampled) to the end of the window. */
function refusedBy(batch: Batch, epoch: Epoch | undefined, height: bigint): Rejection | undefined {
  const { id, formedHeight, settlement } = batch;
  switch (phaseOf(batch, epoch, height)) {
    case phases.settled:
      return reject(attributionErrors.batchSettled, { batch_id: id, height: settlement!.height });
    case phases.collecting:
      return reject(attributionErrors.batchCollecting, { batch_id: id, formed_height: formedHeight });
    case phases.waiting:
      return reject(attributionErrors.beaconPending, { batch_id: id, epoch: batch.epoch });
    case phases.overdue:
      return reject(attributionErrors.windowClosed, { batch_id: id, deadline: epoch!.deadline });
    default:
      return undefined;
  }
}

/** A salt is two hashes; it is hashed with its leaf, and leaves pairwise: four for each token, one for each sibling. */
function hashesOf({ tokens, promptTokens, context, path }: Opening): number {
  return 4 * ((tokens.length + promptTokens.length) / TOKEN_HASH_BYTES + context.length) + path.length;
}

/** What the opening answers, once all of it is true. */
function judge(
  batch: Batch,
  voucher: Voucher,
  place: number,
  opening: Opening,
  points: readonly SamplePoint[] | undefined,
): { readonly answered: number; readonly from: bigint; readonly to: bigint } | Rejection {
  const { channelId, afterNonce, nonce, auditRoot, auditSum, auditCount } = voucher;
  const top = { hash: auditRoot, sum: auditSum, count: auditCount };
  const opened = verifyOpening({ channelId, versionId: batch.versionId, afterNonce, nonce, top }, opening);
  if (isRejection(opened)) return opened;
  const { interval } = opened;
  if (points === undefined && drawnOf(batch) > 0n) return { answered: 1, ...interval };
  const answered = drawsAnswered(points ?? [], { voucher: place, index: opening.index, interval, opened }).length;
  return answered === 0 ? reject(attributionErrors.notDrawn) : { answered, ...interval };
}
