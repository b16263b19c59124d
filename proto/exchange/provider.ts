import { checkCeiling, ceilingId, verifyCeiling, type Ceiling } from "../attribution/ceiling.js";
import { countedTokens } from "../attribution/counted.js";
import { feeByPrices } from "../attribution/prices.js";
import { verifyVoucher, voucherCodec, voucherDigest, type Voucher } from "../attribution/voucher.js";
import { assert, present } from "../assert.js";
import { equalBytes, toHex, type Bytes } from "../bytes.js";
import type { Messages } from "../codec/message.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { exchangeErrors } from "./errors.js";
import { checkHttpRequest, httpRequestHash } from "./http-request.js";
import { sealAnswer, type AskedTexts, type ChannelTerms, type Said } from "./sealed.js";
import { counted, EMPTY_PREFIX, extended, voucherOver, type Counted, type Prefix } from "./stretch.js";
import { keptTexts, requestTexts } from "./texts.js";

/** A ceiling with what it asks for (exchange.proto). */
export type AskedCeiling = Messages["tributary.attribution.v1.AskedCeiling"];
/** One receipt in a book (exchange.proto). */
export type Exchange = Messages["tributary.attribution.v1.Exchange"];
/** The end of a ceiling without an answer (exchange.proto). */
export type Void = Messages["tributary.attribution.v1.Void"];
/** A voucher with its signature (exchange.proto). */
export type SignedVoucher = Messages["tributary.attribution.v1.SignedVoucher"];

/** The fate of a ceiling. */
export type Fate =
  { readonly state: "running" } | { readonly state: "receipt"; readonly nonce: bigint } | { readonly state: "void" };

/** What the provider knows when a ceiling comes. */
export interface View {
  /** The last height that the provider knows. */
  readonly height: bigint;
  /** Blocks that a ceiling's time may be behind. */
  readonly ageMax: bigint;
  /** Of the channel, in base units. */
  readonly deposit: bigint;
  /** What the provider lets the consumer's account owe on all its channels, in flight and unpaid, in base units. */
  readonly credit: bigint;
  /** What the account owes on its other channels. */
  readonly elsewhere: bigint;
}

/** Voids of one channel whose ceilings have not expired: what a consumer can make its provider keep. */
const VOIDS_MAX = 1_024;
/** Digests of former vouchers that ceilings under way may still name. */
const FORMER_VOUCHERS_MAX = 1_024;

/**
 * The provider's record of one channel: which ceilings run, which receipts are sealed, which of them are paid. Methods that
 * change what must survive a crash return the row to write and change nothing; `add...` takes a row that is in the book, now or
 * after a restart. So what is in memory never runs ahead of the disk, and a restart is the same code.
 *
 * Held in memory: ceilings that run, unpaid receipts and unexpired voids. Credit and VOIDS_MAX bound them.
 */
export class ProviderChannel {
  readonly terms: ChannelTerms;
  /** All receipts that were given a nonce, with those whose rows are being written. */
  #nonce = 0n;
  #paid: Prefix = EMPTY_PREFIX;
  #voucher: SignedVoucher | undefined;
  #bookId: Bytes | undefined;
  #unpaid: Counted[] = [];
  #unpaidFees = 0n;
  #inFlight = 0n;
  readonly #running = new Map<string, AskedCeiling>();
  /** Ceilings whose last row is being written. */
  readonly #ending = new Set<string>();
  readonly #sealed = new Map<string, { readonly nonce: bigint; readonly expiry: bigint }>();
  readonly #voids = new Map<string, bigint>();
  readonly #former = new Set<string>();

  constructor(terms: ChannelTerms) {
    this.terms = terms;
  }

  /** The receipts that are paid. */
  get paid(): Prefix {
    return this.#paid;
  }

  /** The newest voucher. */
  get voucher(): SignedVoucher | undefined {
    return this.#voucher;
  }

  /** The nonce of the last receipt. */
  get nonce(): bigint {
    return this.#nonce;
  }

  /** Fees of receipts that no voucher pays for, in base units. */
  get unpaid(): bigint {
    return this.#unpaidFees;
  }

  /** The most that running ceilings can cost, in base units. */
  get inFlight(): bigint {
    return this.#inFlight;
  }

  /** The fate of a ceiling, if this record knows it. @param id hex */
  fate(id: string): Fate | undefined {
    const sealed = this.#sealed.get(id);
    if (sealed !== undefined) return { state: "receipt", nonce: sealed.nonce };
    if (this.#running.has(id) || this.#ending.has(id)) return { state: "running" };
    return this.#voids.has(id) ? { state: "void" } : undefined;
  }

  /**
   * Takes a ceiling and lets it run. A ceiling that came before has its fate: it is never answered twice. Rejects, cheapest
   * check first, a ceiling that the consumer did not sign for this request, at this price, on this channel and from this
   * book, one beyond credit or deposit, and one that the request alone would exceed.
   */
  begin(asked: AskedCeiling, view: View): Fate | "begun" | Rejection {
    const { ceiling, signature, request } = asked;
    if (ceiling === undefined || request === undefined) {
      return reject(exchangeErrors.notMoney, { field: "ceiling", have: "nothing", need: "a ceiling and its request" });
    }
    const id = toHex(ceilingId(ceiling));
    const known = this.fate(id);
    const unsigned = verifyCeiling(ceiling, signature, this.terms.consumerKey);
    if (unsigned !== undefined) return unsigned;
    if (known !== undefined) return known;
    const refused = checkHttpRequest(request) ?? this.#refusal(asked, ceiling, view);
    if (refused !== undefined) return refused;
    this.#bookId ??= ceiling.bookId;
    this.#running.set(id, asked);
    this.#inFlight += ceiling.feeMax;
    return "begun";
  }

  #refusal(asked: AskedCeiling, ceiling: Ceiling, view: View): Rejection | undefined {
    const { height, ageMax, deposit, credit, elsewhere } = view;
    const { feeMax, bookId } = ceiling;
    const [unpaid, inFlight] = [this.#unpaidFees, this.#inFlight];
    const left = deposit - this.#paid.amount - unpaid - inFlight;
    const requestHash = httpRequestHash(asked.request!);
    const wrong = checkCeiling(ceiling, { ...this.terms, requestHash, height, ageMax, left });
    if (wrong !== undefined) return wrong;
    if (this.#bookId !== undefined && !equalBytes(this.#bookId, bookId)) {
      return reject(exchangeErrors.otherBook, { have: toHex(bookId), need: toHex(this.#bookId) });
    }
    const digest = toHex(ceiling.lastVoucher);
    if (digest !== "" && !this.#former.has(digest)) return reject(exchangeErrors.unknownVoucher, { digest });
    if (unpaid + inFlight + elsewhere + feeMax > credit) {
      return reject(exchangeErrors.overCredit, { unpaid, inFlight, elsewhere, feeMax, credit });
    }
    const tokens = countedTokens(requestTexts(asked.texts), [], "");
    if (isRejection(tokens)) return tokens;
    const need = feeByPrices(this.terms.prices, tokens);
    return feeMax < need ? reject(exchangeErrors.feeTooLow, { feeMax, need }) : undefined;
  }

  /** The running ceiling with what it asked. @param id hex */
  running(id: string): AskedCeiling | undefined {
    return this.#running.get(id);
  }

  /**
   * Seals the answer of a running ceiling under the next nonce: the row to write, in the order of nonces. Rejects what could
   * not be opened; then the nonce is not used.
   */
  seal(id: string, said: Omit<Said, "nonce">, secretKey: Bytes): Exchange | Rejection {
    const asked = present(this.#running.get(id), "an answer is sealed for a ceiling that runs");
    assert(!this.#ending.has(id), "a ceiling ends once");
    const nonce = this.#nonce + 1n;
    const sealed = sealAnswer(this.terms, askedTexts(asked), { ...said, nonce }, secretKey);
    if (isRejection(sealed)) return sealed;
    this.#ending.add(id);
    this.#nonce = nonce; // The next answer is sealed while this row is being written; rows are written in order.
    return { asked, sealed };
  }

  /** A row that is in the book, in the order of nonces. */
  addExchange({ asked, sealed }: Exchange): void {
    const { ceiling } = present(asked, "a row has a ceiling");
    const id = toHex(ceilingId(ceiling!));
    const next = counted(sealed!.receipt!);
    this.#stop(id);
    this.#bookId ??= ceiling!.bookId;
    if (next.nonce > this.#nonce) this.#nonce = next.nonce; // After a restart.
    this.#sealed.set(id, { nonce: next.nonce, expiry: ceiling!.expiry });
    this.#unpaid.push(next);
    this.#unpaidFees += next.fee;
  }

  #stop(id: string): void {
    this.#inFlight -= this.#running.get(id)?.ceiling?.feeMax ?? 0n;
    this.#running.delete(id);
    this.#ending.delete(id);
  }

  /**
   * The row that ends a ceiling without an answer: because its answer failed, or because its consumer asks for the fate of a
   * ceiling that never came. Rejects when the consumer has made too many.
   */
  void(ceiling: Ceiling): Void | Rejection {
    const id = ceilingId(ceiling);
    assert(!this.#ending.has(toHex(id)), "a ceiling ends once");
    if (this.#voids.size >= VOIDS_MAX) {
      return reject(exchangeErrors.tooManyVoids, { count: this.#voids.size, max: VOIDS_MAX });
    }
    this.#ending.add(toHex(id));
    return { ceilingId: id, expiry: ceiling.expiry };
  }

  /** A row that is in the book. */
  addVoid({ ceilingId: id, expiry }: Void): void {
    this.#stop(toHex(id));
    this.#voids.set(toHex(id), expiry);
  }

  /**
   * The row of a voucher that pays for further receipts; undefined for one that is known, or older. Rejects
   * exchange/bookBehind if it pays for receipts that this record does not have, poa/wrongVoucher for another amount or tree
   * than that of the receipts, poa/badSignature.
   */
  pay({ voucher, signature }: SignedVoucher): SignedVoucher | undefined | Rejection {
    if (voucher === undefined) {
      return reject(exchangeErrors.notMoney, { field: "voucher", have: "nothing", need: "a voucher" });
    }
    const unsigned = verifyVoucher(voucher, signature, this.terms.consumerKey);
    if (unsigned !== undefined) return unsigned;
    if (voucher.chainId === this.terms.chainId && voucher.channelId === this.terms.channelId) {
      if (voucher.nonce <= this.#paid.nonce) return undefined;
      const last = this.#paid.nonce + BigInt(this.#unpaid.length);
      if (voucher.nonce > last) return reject(exchangeErrors.bookBehind, { have: last, need: voucher.nonce });
    }
    const need = voucherOver(this.terms, this.prefixTo(voucher.nonce), voucher.openAll);
    const wrong = differentNumber(voucher, need);
    return wrong ?? { voucher, signature };
  }

  /** Receipts 1 to `nonce`, of which at least all that are paid. Work: one leaf a receipt that the last voucher does not pay for. */
  prefixTo(nonce: bigint): Prefix {
    return this.#unpaid.slice(0, Math.max(0, Number(nonce - this.#paid.nonce))).reduce(extended, this.#paid);
  }

  /** A row that is in the book. Receipts up to its nonce are paid. */
  addVoucher(row: SignedVoucher): void {
    const voucher = row.voucher!;
    if (voucher.nonce <= this.#paid.nonce) return; // Two of them were being written at once.
    this.#unpaidFees -= voucher.amount - this.#paid.amount;
    const count = Number(voucher.nonce - this.#paid.nonce);
    this.#paid = this.prefixTo(voucher.nonce);
    this.#unpaid = this.#unpaid.slice(count);
    this.#voucher = row;
    this.#former.add(toHex(voucherDigest(voucher)));
    if (this.#former.size > FORMER_VOUCHERS_MAX) this.#former.delete(this.#former.values().next().value!);
  }

  /**
   * Continues after a restart, before unpaid receipts are added: from the prefix that the newest voucher pays for.
   * @param bookId of the channel's ceilings; none before the first
   * @param fates of ceilings that have not expired: paid ones with their nonce, void ones without; ids in hex
   */
  restore(
    paid: Prefix,
    row: SignedVoucher | undefined,
    bookId: Bytes | undefined,
    fates: readonly { readonly id: string; readonly nonce: bigint | undefined; readonly expiry: bigint }[],
  ): void {
    this.#paid = paid;
    this.#nonce = paid.nonce;
    this.#voucher = row;
    this.#bookId = bookId;
    if (row?.voucher !== undefined) this.#former.add(toHex(voucherDigest(row.voucher)));
    for (const { id, nonce, expiry } of fates) {
      if (nonce === undefined) this.#voids.set(id, expiry);
      else this.#sealed.set(id, { nonce, expiry });
    }
  }

  /** Forgets the fate of ceilings that are paid or void and cannot begin any more. @returns their ids, hex */
  forget(height: bigint): string[] {
    const isOver = (expiry: bigint): boolean => expiry < height;
    const sealed = [...this.#sealed].filter(([, { nonce, expiry }]) => isOver(expiry) && nonce <= this.#paid.nonce);
    const voids = [...this.#voids].filter(([, expiry]) => isOver(expiry));
    for (const [id] of sealed) this.#sealed.delete(id);
    for (const [id] of voids) this.#voids.delete(id);
    return [...sealed, ...voids].map(([id]) => id);
  }
}

/** What a kept ceiling asks for, as receipts count it. */
export function askedTexts({ ceiling, request, texts }: AskedCeiling): AskedTexts {
  return { ceiling: ceiling!, datanets: request!.datanets, texts: requestTexts(texts) };
}

/** A ceiling as books keep it. */
export function askedCeiling(
  { ceiling, texts }: Pick<AskedTexts, "ceiling" | "texts">,
  request: AskedCeiling["request"],
  signature: Bytes,
): AskedCeiling {
  return { ceiling, signature, request, texts: keptTexts(texts) };
}

function differentNumber(have: Voucher, need: Voucher): Rejection | undefined {
  if (equalBytes(voucherCodec.encode(have), voucherCodec.encode(need))) return undefined;
  const field = VOUCHER_FIELDS.find((name) => have[name] !== need[name]) ?? "auditRoot";
  return reject(exchangeErrors.refused, { field: `voucher.${field}`, have: have[field], need: need[field] });
}

const VOUCHER_FIELDS = ["chainId", "channelId", "nonce", "amount", "auditSum", "auditCount"] as const;
