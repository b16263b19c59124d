import { assert } from "../../assert.js";
import type { Bytes } from "../../bytes.js";
import { ConsumerChannel, type RefusedAnswer, type Wish } from "../../exchange/consumer.js";
import { exchangeErrors } from "../../exchange/errors.js";
import type { AskedCeiling, Exchange, SignedVoucher } from "../../exchange/provider.js";
import type { ChannelTerms, Received, Sealed } from "../../exchange/sealed.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import type { Book, ChannelHead, Kept, Row } from "./book.js";
import { consumerErrors } from "./errors.js";

/** What is kept with a receipt (book.ts). */
export type KeptWith = Pick<Extract<Row, { readonly kind: "exchange" }>, "time" | "wire">;

/** What became of a sealed answer. */
export type Taken =
  | { readonly state: "owed"; readonly exchange: Exchange }
  | { readonly state: "refused"; readonly refused: RefusedAnswer }
  /** The ceiling had ended before. */
  | { readonly state: "ended" };

/**
 * A channel's record and its book in step: each row is on disk before it is in memory, and in memory before anything leaves.
 * When a row cannot be written, nothing more is signed until a restart.
 */
export class ChannelRecord {
  readonly head: ChannelHead;
  readonly #book: Book;
  readonly #channel: ConsumerChannel;
  /** Answers whose rows are being written, by ceiling. */
  readonly #taking = new Map<string, Promise<Taken>>();
  #isBroken = false;

  private constructor(head: ChannelHead, book: Book, channel: ConsumerChannel) {
    this.head = head;
    this.#book = book;
    this.#channel = channel;
  }

  /** Continues from the book. @param secretKey 32 bytes, of the consumer's account */
  static async open(
    head: ChannelHead,
    book: Book,
    secretKey: Bytes,
  ): Promise<{ readonly record: ChannelRecord; readonly kept: Kept }> {
    const kept = await book.load();
    const channel = new ConsumerChannel(head.terms, head.bookId, secretKey);
    const { voucher } = kept;
    if (voucher !== undefined) channel.restore(voucher.before, voucher.row);
    for (const exchange of kept.unsigned) channel.addExchange(exchange);
    if (voucher !== undefined) channel.addVoucher(voucher.row);
    for (const { asked } of kept.open) channel.addCeiling(asked);
    if (kept.refused !== undefined) channel.addRefused(kept.refused);
    return { record: new ChannelRecord(head, book, channel), kept };
  }

  get terms(): ChannelTerms {
    return this.#channel.terms;
  }

  /** What open ceilings and unsigned receipts can cost, in base units. */
  get exposure(): bigint {
    return this.#channel.exposure;
  }

  /** Fees that are signed for, in base units. */
  get signed(): bigint {
    return this.#channel.signed.amount;
  }

  /** The newest voucher. */
  get voucher(): SignedVoucher | undefined {
    return this.#channel.voucher;
  }

  /** Ceilings without an end. */
  get open(): number {
    return this.#channel.open.size;
  }

  /** An answer was refused, with the provider's signature under it. */
  get hasEvidence(): boolean {
    return this.#channel.stopped !== undefined;
  }

  /** Why nothing more may be asked on this channel. */
  get stopped(): Rejection | undefined {
    const { stopped, hasGap, signed } = this.#channel;
    if (this.#isBroken) return reject(consumerErrors.bookClosed, { why: "a row could not be written" });
    if (stopped !== undefined) {
      return reject(exchangeErrors.channelStopped, { why: `an answer was refused: ${stopped.field}` });
    }
    return hasGap
      ? reject(exchangeErrors.channelStopped, { why: `receipt ${signed.nonce + 1n} is of nothing that was asked` })
      : undefined;
  }

  /** Signs a ceiling and writes it. @returns its id, hex */
  async ask(
    wish: Wish,
    idempotencyKey: string,
  ): Promise<{ readonly id: string; readonly asked: AskedCeiling } | Rejection> {
    const asked = this.stopped ?? this.#channel.ask(wish);
    if (isRejection(asked)) return asked;
    await this.#append([{ kind: "asked", ask: { asked, idempotencyKey } }]);
    return { id: this.#channel.addCeiling(asked), asked };
  }

  /**
   * Judges an answer and writes what it is. A ceiling has one end: who comes second waits for its row.
   * @param id hex
   */
  take(id: string, sealed: Sealed, received: Received, kept: KeptWith): Promise<Taken> {
    const first = this.#taking.get(id);
    if (first !== undefined) return first.then(() => ({ state: "ended" }));
    const taking = this.#take(id, sealed, received, kept).finally(() => this.#taking.delete(id));
    this.#taking.set(id, taking);
    return taking;
  }

  async #take(id: string, sealed: Sealed, received: Received, kept: KeptWith): Promise<Taken> {
    const row = this.#channel.judge(id, sealed, received);
    if (row === undefined) return { state: "ended" };
    if ("field" in row) {
      await this.#append([{ kind: "refused", refused: row }]);
      this.#channel.addRefused(row);
      return { state: "refused", refused: row };
    }
    await this.#append([{ kind: "exchange", exchange: row, ...kept }]);
    this.#channel.addExchange(row);
    return { state: "owed", exchange: row };
  }

  /** The provider says that a ceiling has ended without an answer: nothing is owed for it. @param id hex */
  async void(id: string): Promise<void> {
    const row = this.#channel.void(id);
    if (row === undefined) return;
    await this.#append([{ kind: "void", void: row }]);
    this.#channel.addVoid(row);
  }

  /** The application has the answer. @param id hex */
  async delivered(id: string): Promise<void> {
    await this.#append([{ kind: "delivered", ceilingId: id }]);
  }

  /** Signs for all verified receipts that follow each other, and writes the voucher. Undefined if there is no further one. */
  async sign(openAll: boolean): Promise<SignedVoucher | undefined> {
    const row = this.#isBroken ? undefined : this.#channel.sign(openAll);
    if (row === undefined) return undefined;
    await this.#append([{ kind: "voucher", voucher: { before: this.#channel.signed, row } }]);
    this.#channel.addVoucher(row);
    return row;
  }

  async #append(rows: readonly Row[]): Promise<void> {
    assert(!this.#isBroken || rows.every(({ kind }) => kind === "delivered"), "nothing is signed after a failed write");
    try {
      await this.#book.append(rows);
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }
}
