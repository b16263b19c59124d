import type { Bytes } from "../../bytes.js";
import type { RefusedAnswer } from "../../exchange/consumer.js";
import type { AskedCeiling, Exchange, SignedVoucher, Void } from "../../exchange/provider.js";
import type { ChannelTerms } from "../../exchange/sealed.js";
import type { Prefix } from "../../exchange/stretch.js";

/** A ceiling of ours with what tells a retry of its request. */
export interface KeptAsk {
  readonly asked: AskedCeiling;
  /** The application's Idempotency-Key; "" for none. */
  readonly idempotencyKey: string;
}

/** A voucher, and the receipts that the one before it pays for: a restart continues from there. */
export interface KeptVoucher {
  readonly before: Prefix;
  readonly row: SignedVoucher;
}

/** One row of a channel's book. */
export type Row =
  | { readonly kind: "asked"; readonly ask: KeptAsk }
  /**
   * Time in Unix milliseconds of our own clock. The wire is the answer as it goes on to the application, kept until it is
   * delivered; none for an answer whose connection had ended.
   */
  | { readonly kind: "exchange"; readonly exchange: Exchange; readonly time: number; readonly wire: Bytes }
  /** The application has the answer of this ceiling: no retry can ask for it. */
  | { readonly kind: "delivered"; readonly ceilingId: string }
  | { readonly kind: "refused"; readonly refused: RefusedAnswer }
  | { readonly kind: "void"; readonly void: Void }
  | { readonly kind: "voucher"; readonly voucher: KeptVoucher };

/** An answer that the application may not have. */
export interface KeptAnswer extends KeptAsk {
  readonly exchange: Exchange;
  readonly wire: Bytes;
}

/** What a restart needs of a channel's book. The provider's credit bounds open and unsigned ones. */
export interface Kept {
  /** Ceilings without an end. */
  readonly open: readonly KeptAsk[];
  /** Verified receipts that the voucher before the newest does not pay for. */
  readonly unsigned: readonly Exchange[];
  /** Ceilings whose answers the application may not have: at most UNDELIVERED_MAX, the newest. */
  readonly undelivered: readonly KeptAnswer[];
  readonly voucher: KeptVoucher | undefined;
  readonly refused: RefusedAnswer | undefined;
}

/** Answers that a retry can still ask for, of one channel. */
export const UNDELIVERED_MAX = 256;

/** The book of one channel: the whole memory of a consumer. */
export interface Book {
  /** Resolves once the rows are on disk, all of them or none, and all earlier ones. A rejection ends the book's use. */
  append(rows: readonly Row[]): Promise<void>;
  load(): Promise<Kept>;
  /** Receipts by nonce, ascending: for openings and for their owner. */
  exchanges(from: bigint, to: bigint): AsyncIterable<Exchange>;
}

/** What a consumer knows of a channel before its first request. */
export interface ChannelHead {
  readonly terms: ChannelTerms;
  /** 16 bytes, random, of this book alone. */
  readonly bookId: Bytes;
  /** The provider's address. */
  readonly provider: string;
  /** Where the provider serves, without "/v1" at its end. */
  readonly url: string;
}
