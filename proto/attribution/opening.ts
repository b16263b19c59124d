import { equalBytes, type Bytes } from "../bytes.js";
import type { Messages } from "../codec/message.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { EMPTY_FRONTIER, rootOf, type Frontier } from "./frontier.js";
import { receiptHash, receiptLeaf, type Receipt } from "./receipt.js";
import { checkRequest, requestHash } from "./request.js";
import { checkReceipt } from "./rule/check.js";
import { ANSWER_TOKENS_MAX, REQUEST_TOKENS_MAX, spanKinds, SPANS_MAX, type RuledReceipt } from "./rule/receipt.js";
import { tokenCount } from "./rule/tokens.js";
import { checkSeed } from "./salt.js";
import type { VoucherRecord } from "./stretch.js";
import { verifySumPath, type SumInterval } from "./sum-tree.js";
import { appendPieces, PIECE_TOKENS, spansOf, type TextTag } from "./texts.js";
import { auditTop } from "./voucher.js";

/** A part of a receipt that is being shown: pieces of its texts, in order, and the head with the first of them. */
export type Opening = Messages["tributary.attribution.v1.Opening"];
/** The proof that a receipt is the one that the consumer signed. */
export type OpeningHead = Messages["tributary.attribution.v1.OpeningHead"];

/** Pieces of one receipt at most: each text ends one, and each PIECE_TOKENS tokens do. */
export const PIECES_MAX = SPANS_MAX + 1 + (REQUEST_TOKENS_MAX + ANSWER_TOKENS_MAX) / PIECE_TOKENS;

/** The data that an opened receipt is checked against: the record of its channel in the batch, whose newest voucher has the tree. */
export type OpenedVoucher = Pick<
  VoucherRecord,
  "channelId" | "afterNonce" | "nonce" | "afterAuditSum" | "afterAuditCount" | "auditRoot" | "auditSum" | "auditCount"
>;

/** How far the pieces of an opening have come. */
export interface Shown {
  readonly pieces: number;
  /** Of the tree that the next piece belongs to. */
  readonly edge: Frontier;
}

/** Nothing is shown but the head. */
export const NOTHING_SHOWN: Shown = { pieces: 0, edge: EMPTY_FRONTIER };

/**
 * Verifies a head: the receipt belongs to the channel and the version, is in the tree of the newest voucher that the batch
 * has of the channel, by index, nonce and interval in the channel's stretch of the batch, and holds the request, which
 * names no block after `formed`. Rejects in codespace poa.
 *
 * The consumer may have signed a tree that does not go on from the one before. It gains nothing: the stretches of a channel
 * do not overlap, and one root opens each, so that what fits into no stretch is not opened, and nothing is opened twice.
 * @param index of the receipt in the channel's tree
 * @param at `formed` is the height at which the batch was formed
 * @returns the interval of the receipt in the channel's audited sum
 */
export function verifyHead(
  voucher: OpenedVoucher,
  index: bigint,
  head: OpeningHead,
  at: { readonly chainId: string; readonly versionId: bigint; readonly formed: bigint },
): SumInterval | Rejection {
  const { receipt, request, seed, path } = head;
  if (receipt === undefined) return wrong("receipt", "nothing", "a receipt");
  if (request === undefined) return wrong("request", "nothing", "a request");
  const pieces = piecesIn(head);
  const refusal =
    checkPlace(voucher, index, receipt, at.versionId) ??
    checkRequest(request, { ...at, channelId: receipt.channelId, nonce: receipt.nonce }) ??
    checkSeed(seed);
  if (refusal !== undefined) return refusal;
  if (!equalBytes(requestHash(request), receipt.requestHash)) {
    return reject(poaErrors.wrongRoot, { field: "request_hash" });
  }
  if (pieces > PIECES_MAX) return reject(poaErrors.tooMany, { field: "pieces", count: pieces, max: PIECES_MAX });
  const interval = verifySumPath(auditTop(voucher), receiptLeaf(receipt.fee, receiptHash(receipt)), index, path);
  if (isRejection(interval) || interval.from >= voucher.afterAuditSum) return interval;
  return wrong("interval", interval.from, `${voucher.afterAuditSum} or above: what is below was redeemed before`);
}

/** Nonces ascend strictly in a channel's tree, so that the place in the stretch bounds the nonce from both sides. */
function checkPlace(voucher: OpenedVoucher, index: bigint, receipt: Receipt, versionId: bigint): Rejection | undefined {
  if (receipt.channelId !== voucher.channelId) return wrong("channel_id", receipt.channelId, voucher.channelId);
  if (receipt.versionId !== versionId) return wrong("version_id", receipt.versionId, versionId);
  const { afterAuditCount: first, auditCount: end } = voucher;
  if (index < first || index >= end) return wrong("index", index, `${first} or above, below ${end}`);
  const lowest = voucher.afterNonce + 1n + (index - first);
  const highest = voucher.nonce - (end - 1n - index);
  if (receipt.nonce < lowest || receipt.nonce > highest) {
    return wrong("nonce", receipt.nonce, `${lowest} to ${highest}`);
  }
  return undefined;
}

function wrong(field: string, have: unknown, need: unknown): Rejection {
  return reject(poaErrors.wrongReceipt, { field, have, need });
}

/** Pieces of all texts of a receipt. */
export function piecesIn({ requestPieces, addedPieces, answerPieces }: OpeningHead): number {
  return requestPieces + addedPieces + answerPieces;
}

/**
 * Takes the next pieces of a verified head: of the request, of what was added, of the answer. The root of a text's tree
 * is compared when its last piece has come. Rejects with poa/wrongRoot, or poa/tooMany for pieces beyond the last.
 */
export function showPieces(head: OpeningHead, shown: Shown, pieces: readonly Bytes[]): Shown | Rejection {
  let { pieces: at, edge } = shown;
  let [start, taken] = [0, 0];
  for (const { tag, field, root, count } of treesOf(head)) {
    const end = start + count;
    if (count === 0 && !equalBytes(rootOf(tag, EMPTY_FRONTIER), root)) return reject(poaErrors.wrongRoot, { field });
    if (at < end) {
      const some = pieces.slice(taken, taken + end - at);
      const next = appendPieces(tag, head.seed, at === start ? EMPTY_FRONTIER : edge, some);
      if (isRejection(next)) return next;
      [edge, at, taken] = [next, at + some.length, taken + some.length];
      if (at < end) break;
      if (!equalBytes(rootOf(tag, edge), root)) return reject(poaErrors.wrongRoot, { field });
    }
    start = end;
  }
  if (taken < pieces.length) {
    return reject(poaErrors.tooMany, { field: "pieces", count: at + pieces.length - taken, max: at });
  }
  return { pieces: at, edge };
}

interface TextTree {
  readonly tag: TextTag;
  readonly field: string;
  readonly root: Bytes;
  readonly count: number;
}

function treesOf({ receipt, request, requestPieces, addedPieces, answerPieces }: OpeningHead): readonly TextTree[] {
  return [
    { tag: "poa2/req", field: "text_root", root: request!.textRoot, count: requestPieces },
    { tag: "poa2/add", field: "added_root", root: receipt!.addedRoot, count: addedPieces },
    { tag: "poa2/ans", field: "out_root", root: receipt!.outRoot, count: answerPieces },
  ];
}

/**
 * What the rule reads of an opening whose pieces are all shown. Rejects pieces that are no texts, texts of a kind that
 * does not belong there, an answer of another length than the receipt says, and what `checkReceipt` refuses.
 */
export function ruledReceipt(
  { receipt, request, requestPieces, addedPieces }: OpeningHead,
  pieces: readonly Bytes[],
  versionDatanets: number,
): RuledReceipt | Rejection {
  const asked = spansOf(pieces.slice(0, requestPieces));
  if (isRejection(asked)) return asked;
  const added = spansOf(pieces.slice(requestPieces, requestPieces + addedPieces));
  if (isRejection(added)) return added;
  const answered = spansOf(pieces.slice(requestPieces + addedPieces));
  if (isRejection(answered)) return answered;

  const { added: ofProvider, answered: ofAnswer } = spanKinds;
  const strange = [
    asked.findIndex(({ kind }) => kind === ofProvider),
    added.findIndex(({ kind }) => kind !== ofProvider),
    answered.findIndex(({ kind, datanet }, i) => i > 0 || kind !== ofAnswer || datanet !== undefined),
  ].find((index) => index >= 0);
  if (strange !== undefined) return reject(poaErrors.wrongSpan, { index: strange });
  const answer = answered[0]?.tokens ?? new Uint8Array(0);
  const { time, datanets } = request!;
  const ruled = { time, datanets, spans: [...asked, ...added], answer };
  const have = tokenCount(answer);
  if (have !== receipt!.tokens) return reject(poaErrors.wrongTokens, { have, need: receipt!.tokens });
  return checkReceipt(ruled, versionDatanets) ?? ruled;
}
