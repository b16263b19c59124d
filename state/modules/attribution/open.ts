import { EMPTY_FRONTIER } from "#proto/attribution/frontier.js";
import {
  NOTHING_SHOWN,
  piecesIn,
  ruledReceipt,
  showPieces,
  verifyHead,
  type Opening,
  type OpeningHead,
  type Shown,
} from "#proto/attribution/opening.js";
import type { BatchPlan } from "#proto/attribution/settle.js";
import { workMax } from "#proto/attribution/work.js";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { GAS } from "../../gas.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { datanetsOf, versionOf } from "../model/index.js";
import { batchOf, drawnOf, epochOf, phaseOf, phases, planOf, vouchersOf } from "./batch.js";
import { attributionErrors } from "./errors.js";
import { sampleOpened } from "./events.js";
import { batches, openings, parts, pieces } from "./keys.js";
import type { Batch, Epoch, OpenedReceipt, Voucher } from "./types.js";

const response = message("tributary.attribution.v1.MsgOpenSampleResponse");

/** The data that all parts of one message are checked against. */
interface Opener {
  readonly batch: Batch;
  readonly plan: BatchPlan;
  readonly vouchers: ReadonlyMap<bigint, Voucher>;
  /** Datanets that the version's releases come from. */
  readonly datanets: number;
  readonly signer: string;
  readonly key: Bytes;
}

/**
 * Shows drawn receipts, whole or in parts. Every byte is checked against what the consumer signed, at the latest with the
 * last piece of its text, and one wrong byte refuses the whole message. Each party's parts stand apart until one of them has
 * shown all: neither party can spoil the other's opening.
 */
export function openSample(
  context: Context,
  { signer, batchId, openings: shown }: Messages["tributary.attribution.v1.MsgOpenSample"],
): Bytes | Rejection {
  const { view, block } = context;
  const batch = batchOf(view, batchId);
  if (isRejection(batch)) return batch;
  const refused = refusedBy(batch, epochOf(view, batch), block.height);
  if (refused !== undefined) return refused;
  if (shown.length === 0) return reject(attributionErrors.nothingToOpen, { field: "openings" });

  const list = vouchersOf(view, batch);
  const version = present(versionOf(view, batch.versionId), "a batch is of a published version");
  const opener: Opener = {
    batch,
    plan: planOf(view, batch, list),
    vouchers: new Map(list.map((voucher) => [voucher.id, voucher])),
    datanets: datanetsOf(view, version, batch.formedHeight).length,
    signer,
    key: present(context.address.parse(signer), "a signer is an address"),
  };
  let opened = 0;
  for (const [i, part] of shown.entries()) {
    const draws = showPart(context, opener, part);
    if (!isRejection(draws)) opened += draws;
    else {
      return { ...draws, data: { at: `openings[${i}]`, voucher_id: part.voucherId, index: part.index, ...draws.data } };
    }
  }
  const next: Batch = { ...batch, answered: batch.answered + BigInt(opened) };
  batches.put(view, [batchId], next);
  sampleOpened(context, next, signer, opened);
  return response.encode({ opened, missing: Number(drawnOf(next) - next.answered) });
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

/** @returns the draws that are answered with this part: 0 unless it is the last of its opening */
function showPart(context: Context, opener: Opener, part: Opening): number | Rejection {
  const { view, block } = context;
  const { batch, vouchers, signer, key } = opener;
  const { voucherId, index } = part;
  const voucher = vouchers.get(voucherId);
  if (voucher === undefined) return reject(attributionErrors.voucherNotFound, { batch_id: batch.id });
  if (signer !== batch.provider && signer !== voucher.consumer) {
    return reject(attributionErrors.notParty, { want: `${batch.provider} or ${voucher.consumer}` });
  }
  if (openings.has(view, [batch.id, voucherId, index])) return reject(attributionErrors.alreadyOpened);
  context.charge(GAS.perHash * BigInt(hashesOf(part)));
  const begun =
    part.head === undefined
      ? parts.get(view, [batch.id, voucherId, index, key])
      : begin(context, opener, voucher, part, part.head);
  if (begun === undefined) return reject(attributionErrors.notBegun);
  if (isRejection(begun)) return begun;

  const head = present(begun.head, "an opening that was begun has its head");
  const before: Shown = { pieces: begun.pieces, edge: begun.edge ?? EMPTY_FRONTIER };
  const shown = showPieces(head, before, part.pieces);
  if (isRejection(shown)) return shown;
  for (const [i, piece] of part.pieces.entries()) {
    pieces.put(view, [batch.id, voucherId, index, key, before.pieces + i], piece);
  }
  const { count, peaks } = shown.edge;
  const record: OpenedReceipt = {
    ...begun,
    height: block.height,
    pieces: shown.pieces,
    edge: { count, peaks: [...peaks] },
  };
  if (shown.pieces < piecesIn(head)) {
    parts.put(view, [batch.id, voucherId, index, key], record);
    return 0;
  }
  return complete(context, opener, head, { ...record, edge: undefined });
}

/** A head begins the signer's opening, also one that it had begun before: a client that showed a wrong piece can go on. */
function begin(
  { view, block }: Context,
  { batch, plan, signer, key }: Opener,
  voucher: Voucher,
  { voucherId, index }: Opening,
  head: OpeningHead,
): OpenedReceipt | Rejection {
  const { versionId, formedHeight: formed } = batch;
  const interval = verifyHead(voucher, index, head, { chainId: block.chainId, versionId, formed });
  if (isRejection(interval)) return interval;
  if (plan.shareOf(voucherId, interval) === undefined) return reject(attributionErrors.notDrawn);
  dropPieces(view, batch.id, voucherId, index, key);
  return {
    voucherId,
    index,
    head,
    intervalFrom: interval.from,
    intervalTo: interval.to,
    opener: signer,
    height: block.height,
    pieces: NOTHING_SHOWN.pieces,
    edge: undefined,
  };
}

/**
 * The last piece came: what they say together is checked, and what the settlement will look up is paid for. What the other
 * party has shown stays where it is: who clears it away would pay by its size, which may be more than a transaction can.
 */
function complete(context: Context, opener: Opener, head: OpeningHead, record: OpenedReceipt): number | Rejection {
  const { view } = context;
  const { batch, plan, datanets, key } = opener;
  const { voucherId, index } = record;
  const ruled = ruledReceipt(head, shownPieces(view, batch.id, record, key), datanets);
  if (isRejection(ruled)) return ruled;
  context.charge(GAS.perSettlingUnit * BigInt(workMax(ruled, datanets)));

  parts.delete(view, [batch.id, voucherId, index, key]);
  openings.put(view, [batch.id, voucherId, index], record);
  const { intervalFrom: from, intervalTo: to } = record;
  return present(plan.shareOf(voucherId, { from, to }), "it was drawn").draws;
}

/** The pieces of an opening, in order: at most PIECES_MAX. */
export function shownPieces(
  view: ReadView,
  batchId: bigint,
  { voucherId, index }: Pick<OpenedReceipt, "voucherId" | "index">,
  opener: Bytes,
): Bytes[] {
  return [...pieces.range(view, { prefix: [batchId, voucherId, index, opener] })].map(([, piece]) => piece);
}

function dropPieces(view: WriteView, batchId: bigint, voucherId: bigint, index: bigint, opener: Bytes): void {
  const keys = [...pieces.range(view, { prefix: [batchId, voucherId, index, opener] })].map(([key]) => key);
  for (const key of keys) pieces.delete(view, key);
}

/** Of a piece: its salt, its bytes, eight blocks of 64 for the time of one, and two nodes. Of a head: its path and its texts' roots. */
function hashesOf({ head, pieces: shown }: Opening): number {
  const ofHead = head === undefined ? 0 : head.path.length + 8;
  return shown.reduce((sum, piece) => sum + 5 + Math.ceil(piece.length / 512), ofHead);
}
