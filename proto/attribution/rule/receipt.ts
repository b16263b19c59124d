import type { Bytes } from "../../bytes.js";
import { reject, type Rejection } from "../../rejection.js";
import { poaErrors } from "../errors.js";
import { checkTokenHashes } from "../token-hash.js";
import { tokenCount } from "./tokens.js";

/** What a span of the request, or of what the provider added, is for the rule. Codes are permanent. */
export const spanKinds = {
  own: 1, //      the user's text: what the answer repeats of it is an echo
  answered: 2, // an earlier answer: neither echo nor context
  marked: 3, //   the request marks it as context: it comes from a source
  added: 4, //    the provider added it after the request: context
} as const;
/** Code of a span's kind. */
export type SpanKind = (typeof spanKinds)[keyof typeof spanKinds];

/** A text of the request, or of what was added to it. No window and no run spans two of them. */
export interface Span {
  readonly kind: SpanKind;
  /** The datanet that the text comes from, where the application knows it. Of marked spans alone. */
  readonly datanet: bigint | undefined;
  /** Packed token hashes. */
  readonly tokens: Bytes;
}

/** What the rule reads of an opened receipt. */
export interface RuledReceipt {
  /** Height of the block that the request names as its time. */
  readonly time: bigint;
  /** Datanets that the request names: they may be paid for context, beside the version's own. */
  readonly datanets: readonly bigint[];
  /** The request's spans, then the added ones, in order. */
  readonly spans: readonly Span[];
  /** Packed token hashes of the answer. */
  readonly answer: Bytes;
}

/** Datanets that a request may name. */
export const NAMED_DATANETS_MAX = 8;
/** Spans of a request with what was added to it: each costs a constant. */
export const SPANS_MAX = 1_024;
/** Tokens of an answer. */
export const ANSWER_TOKENS_MAX = 8_192;
/** Tokens of a request with what was added to it: half a megabyte of hashes. */
export const REQUEST_TOKENS_MAX = 65_536;
/** Tokens of the answer times tokens of marked and added text: runs compare each with each, where tokens are equal. */
export const RUN_CELLS_MAX = 1 << 25;

/** Whether a span is context: marked or added. */
export function isContext({ kind }: Span): boolean {
  return kind === spanKinds.marked || kind === spanKinds.added;
}

/**
 * Undefined for a receipt that the rule takes. Else poa/tooMany, poa/notWhole, poa/tokenClass or poa/wrongSpan. Both
 * sides check before they agree on a receipt, and the chain before it keeps an opening.
 */
export function checkReceipt({ datanets, spans, answer }: RuledReceipt): Rejection | undefined {
  const bounds = [
    ["datanets", datanets.length, NAMED_DATANETS_MAX],
    ["spans", spans.length, SPANS_MAX],
    ["answer", tokenCount(answer), ANSWER_TOKENS_MAX],
    ["request", spans.reduce((sum, { tokens }) => sum + tokenCount(tokens), 0), REQUEST_TOKENS_MAX],
    ["cells", runCells(spans, answer), RUN_CELLS_MAX],
  ] as const;
  for (const [field, count, max] of bounds) if (count > max) return reject(poaErrors.tooMany, { field, count, max });
  for (const [index, { kind, datanet, tokens }] of spans.entries()) {
    const known = kind >= spanKinds.own && kind <= spanKinds.added;
    if (!known || (datanet !== undefined && kind !== spanKinds.marked)) return reject(poaErrors.wrongSpan, { index });
    const refusal = checkTokenHashes(`spans[${index}]`, tokens, REQUEST_TOKENS_MAX);
    if (refusal !== undefined) return refusal;
  }
  return checkTokenHashes("answer", answer, ANSWER_TOKENS_MAX);
}

/** Pairs of a token of the answer and one of the context. */
function runCells(spans: readonly Span[], answer: Bytes): number {
  const context = spans.filter(isContext).reduce((sum, { tokens }) => sum + tokenCount(tokens), 0);
  return context * tokenCount(answer);
}
