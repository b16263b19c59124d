import { CEILING_ID_BYTES, ceilingId, signCeiling, type Ceiling } from "../attribution/ceiling.js";
import { signVoucher, voucherDigest } from "../attribution/voucher.js";
import { assert, present } from "../assert.js";
import { toHex, type Bytes } from "../bytes.js";
import type { Messages } from "../codec/message.js";
import type { RequestText } from "../attribution/issue.js";
import { reject, type Rejection } from "../rejection.js";
import { exchangeErrors } from "./errors.js";
import { httpRequestHash, type HttpRequest } from "./http-request.js";
import {
  askedCeiling,
  askedTexts,
  type AskedCeiling,
  type Exchange,
  type SignedVoucher,
  type Void,
} from "./provider.js";
import { checkSealed, type ChannelTerms, type Received, type Sealed } from "./sealed.js";
import { counted, EMPTY_PREFIX, extended, voucherOver, type Counted, type Prefix } from "./stretch.js";

/** An answer that a consumer refused, as evidence (exchange.proto). */
export type RefusedAnswer = Messages["tributary.attribution.v1.RefusedAnswer"];

/** No receipt has it. */
const NO_NONCE = 0n;

/** One request as its consumer puts it. */
export interface Wish {
  readonly request: HttpRequest;
  readonly texts: readonly RequestText[];
  /** The most that the answer may cost, in base units. */
  readonly feeMax: bigint;
  /** A recent height, and the last one at which the answer may begin. */
  readonly time: bigint;
  readonly expiry: bigint;
  /** 16 random bytes. */
  readonly salt: Bytes;
}

/**
 * The consumer's record of one channel: ceilings without an answer, verified receipts, what is signed. Methods return the row
 * to write and change nothing; `add...` takes a row that is in the book, now or after a restart. A ceiling is written before
 * it is sent and a voucher before it leaves, so that no restart signs what contradicts an earlier signature.
 *
 * Held in memory: open ceilings and verified receipts that are not signed for. The provider's credit bounds them.
 */
export class ConsumerChannel {
  readonly terms: ChannelTerms;
  /** 16 bytes: another record of the same channel would contradict this one, so that the provider refuses it. */
  readonly bookId: Bytes;
  readonly #secretKey: Bytes;
  #signed: Prefix = EMPTY_PREFIX;
  #voucher: SignedVoucher | undefined;
  #stopped: RefusedAnswer | undefined;
  #reserved = 0n;
  #unsigned = 0n;
  readonly #open = new Map<string, AskedCeiling>();
  readonly #verified = new Map<bigint, Counted>();
  /** Ceilings whose last row is being written, with the nonce that it claims. */
  readonly #ending = new Map<string, bigint>();

  /** @param secretKey 32 bytes, of the consumer's account */
  constructor(terms: ChannelTerms, bookId: Bytes, secretKey: Bytes) {
    assert(bookId.length === CEILING_ID_BYTES, "a book id has 16 bytes");
    this.terms = terms;
    this.bookId = bookId;
    this.#secretKey = secretKey;
  }

  /** The receipts that are signed for. */
  get signed(): Prefix {
    return this.#signed;
  }

  /** The newest voucher. */
  get voucher(): SignedVoucher | undefined {
    return this.#voucher;
  }

  /** The refused answer that ended the use of the channel. */
  get stopped(): RefusedAnswer | undefined {
    return this.#stopped;
  }

  /** What open ceilings and unsigned receipts can cost, in base units: never beyond the provider's credit. */
  get exposure(): bigint {
    return this.#reserved + this.#unsigned;
  }

  /** Ceilings without an answer, with their ids in hex: after a restart their fate is to be asked. */
  get open(): ReadonlyMap<string, AskedCeiling> {
    return this.#open;
  }

  /**
   * Every ceiling has its answer, and yet a nonce is missing below a verified one: the provider gave it to nothing that was
   * asked. Nothing behind it can be signed.
   */
  get hasGap(): boolean {
    return this.#open.size === 0 && this.#verified.size > 0 && !this.#verified.has(this.#signed.nonce + 1n);
  }

  /** The row of a new ceiling. Rejects exchange/channelStopped once an answer was refused. */
  ask({ request, texts, feeMax, time, expiry, salt }: Wish): AskedCeiling | Rejection {
    if (this.#stopped !== undefined) {
      return reject(exchangeErrors.channelStopped, { why: `an answer was refused: ${this.#stopped.field}` });
    }
    const { chainId, channelId, versionId, prices } = this.terms;
    const voucher = this.#voucher?.voucher;
    const ceiling: Ceiling = {
      ...{ chainId, channelId, versionId, prices: { ...prices }, feeMax, time, expiry, salt },
      requestHash: httpRequestHash(request),
      lastVoucher: voucher === undefined ? new Uint8Array(0) : voucherDigest(voucher),
      bookId: this.bookId,
    };
    return askedCeiling({ ceiling, texts }, request, signCeiling(ceiling, this.#secretKey));
  }

  /** A row that is in the book. @returns the ceiling's id, hex */
  addCeiling(asked: AskedCeiling): string {
    const id = toHex(ceilingId(asked.ceiling!));
    this.#open.set(id, asked);
    this.#reserved += asked.ceiling!.feeMax;
    return id;
  }

  /**
   * Checks the answer to an open ceiling: the row of an exchange that is owed, or the row of a refused answer. A nonce that
   * another receipt has is refused. Undefined for a ceiling that is not open, or whose last row is being written.
   */
  judge(id: string, sealed: Sealed, received: Received): Exchange | RefusedAnswer | undefined {
    const asked = this.#open.get(id);
    if (asked === undefined || this.#ending.has(id)) return undefined;
    const nonce = sealed.receipt?.nonce ?? NO_NONCE;
    const isTaken =
      nonce <= this.#signed.nonce || this.#verified.has(nonce) || [...this.#ending.values()].includes(nonce);
    const refusal = isTaken
      ? reject(exchangeErrors.refused, { field: "receipt.nonce", have: nonce, need: "one without a receipt" })
      : checkSealed(this.terms, askedTexts(asked), sealed, received);
    this.#ending.set(id, refusal === undefined ? nonce : NO_NONCE);
    if (refusal === undefined) return { asked, sealed };
    return { asked, sealed, received: received.text, field: String(refusal.data["field"]) };
  }

  /** A row that is in the book: the answer is owed. */
  addExchange({ asked, sealed }: Exchange): void {
    this.#close(toHex(ceilingId(asked!.ceiling!)));
    const one = counted(sealed!.receipt!);
    if (one.nonce <= this.#signed.nonce) return;
    this.#verified.set(one.nonce, one);
    this.#unsigned += one.fee;
  }

  /** A row that is in the book: nothing is owed for it, and nothing more is asked on this channel. */
  addRefused(row: RefusedAnswer): void {
    this.#close(toHex(ceilingId(row.asked!.ceiling!)));
    this.#stopped ??= row;
  }

  /**
   * The row that ends a ceiling of which the provider says that it is void. Undefined for one that is not open, or whose last
   * row is being written. @param id hex
   */
  void(id: string): Void | undefined {
    const asked = this.#open.get(id);
    if (asked === undefined || this.#ending.has(id)) return undefined;
    this.#ending.set(id, NO_NONCE);
    const ceiling = present(asked.ceiling, "an open row has a ceiling");
    return { ceilingId: ceilingId(ceiling), expiry: ceiling.expiry };
  }

  /** A row that is in the book: the ceiling has ended without an answer. */
  addVoid({ ceilingId: id }: Void): void {
    this.#close(toHex(id));
  }

  #close(id: string): void {
    this.#reserved -= this.#open.get(id)?.ceiling?.feeMax ?? 0n;
    this.#open.delete(id);
    this.#ending.delete(id);
  }

  /**
   * The row of a voucher over all verified receipts that follow each other; undefined if there is no further one. Work: one
   * leaf a receipt.
   */
  sign(openAll: boolean): SignedVoucher | undefined {
    const prefix = this.#contiguous();
    if (prefix.nonce === this.#signed.nonce) return undefined;
    const voucher = voucherOver(this.terms, prefix, openAll);
    return { voucher, signature: signVoucher(voucher, this.#secretKey) };
  }

  #contiguous(upTo?: bigint): Prefix {
    let prefix = this.#signed;
    for (;;) {
      const next = prefix.nonce === upTo ? undefined : this.#verified.get(prefix.nonce + 1n);
      if (next === undefined) return prefix;
      prefix = extended(prefix, next);
    }
  }

  /** A row that is in the book. */
  addVoucher(row: SignedVoucher): void {
    const { nonce } = present(row.voucher, "a row has a voucher");
    if (nonce <= this.#signed.nonce) return; // Two of them were being written at once.
    const prefix = this.#contiguous(nonce);
    assert(prefix.nonce === nonce, "a voucher in the book is over receipts in the book");
    for (let paid = this.#signed.nonce + 1n; paid <= nonce; paid++) this.#verified.delete(paid);
    this.#unsigned -= prefix.amount - this.#signed.amount;
    this.#signed = prefix;
    this.#voucher = row;
  }

  /** Continues after a restart, before further rows are added: from the prefix that the newest voucher pays for. */
  restore(signed: Prefix, row: SignedVoucher): void {
    this.#signed = signed;
    this.#voucher = row;
  }
}
