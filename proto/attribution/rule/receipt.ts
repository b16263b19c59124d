import type { Bytes } from "../../bytes.js";

/** Kinds of spans of the request and of added text. Codes are permanent. */
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

/** The data of an opened receipt that the rule reads. */
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
/** Pairs of equal tokens, one of the answer and one of marked or added text: runs compare each of them, twice. */
export const RUN_PAIRS_MAX = 1 << 22;
/** Look-ups that a receipt can need: windows of the answer and the context, times one more than datanets may be paid. */
export const LOOKUPS_MAX = 1 << 20;

/** Whether a span is context: marked or added. */
export function isContext({ kind }: Span): boolean {
  return kind === spanKinds.marked || kind === spanKinds.added;
}
