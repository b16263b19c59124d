import { present } from "../../assert.js";
import type { Bytes } from "../../bytes.js";
import { exchangeErrors } from "../../exchange/errors.js";
import { readBody, type AskedBody } from "../../exchange/openai/body.js";
import { httpRequestOf, type HttpRequest } from "../../exchange/http-request.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import { Answers, refusalRejection } from "./answers.js";
import { Asking } from "./asking.js";
import { Background } from "./background.js";
import type { Book, ChannelHead, Kept } from "./book.js";
import type { Budget } from "./budget.js";
import { End } from "./end.js";
import { Entries, type Entry, type RetrySigns } from "./entries.js";
import { consumerErrors } from "./errors.js";
import { checkTerms, type ChainFacts } from "./facts.js";
import { Gateway, type Offer } from "./gateway.js";
import { idOf } from "./ids.js";
import { feeMaxOf, type Policy } from "./policy.js";
import type { Ports } from "./ports.js";
import { ChannelRecord } from "./record.js";
import { problemResponse, rejectionProblem } from "./responses.js";
import { Room, type Left } from "./room.js";
import { Tab } from "./tab.js";

/** What a consumer is made of. */
export interface ConsumerParts {
  readonly head: ChannelHead;
  readonly book: Book;
  /** 32 bytes, of the consumer's account. */
  readonly secretKey: Bytes;
  /** Of the consumer. */
  readonly address: string;
  /** All that was put into the channel, in base units. */
  readonly deposit: bigint;
  readonly policy: Policy;
  readonly budget: Budget;
  readonly facts: Pick<ChainFacts, "height">;
  readonly ports: Ports;
  /** A row could not be written, or a bug showed: nothing more is signed. */
  readonly onFault: (error: unknown) => void;
}

/** One request of an application. */
export interface Ask extends RetrySigns {
  /** As "/v1/chat/completions". */
  readonly path: string;
  readonly body: Bytes;
  /** Aborted when the application is gone. */
  readonly signal: AbortSignal;
  /** The most that the application pays for this answer, in base units, where it says so. */
  readonly most?: bigint;
}

/** Where a channel stands, in base units. */
export interface Sums {
  readonly deposit: bigint;
  /** Fees that are signed for. */
  readonly signed: bigint;
  /** What open ceilings and unsigned receipts can cost. */
  readonly exposure: bigint;
  /** Ceilings without an end. */
  readonly open: number;
}

/** Ceilings for one request: a second one if the first is void. */
const ROUNDS_MAX = 2;
const TERMS_MS = 60_000;
const SALT_BYTES = 16;
/** Blocks that a provider's view may be behind ours. */
const BEHIND = 2n;

/**
 * One channel in use: asks a provider's gateway for an application, believes nothing that it has not recomputed, and pays
 * what it owes. What it keeps is in the book; what it holds in memory is bounded by the provider's credit.
 */
export class Consumer {
  readonly head: ChannelHead;
  readonly #parts: ConsumerParts;
  readonly #record: ChannelRecord;
  readonly #gateway: Gateway;
  readonly #room: Room;
  readonly #tab: Tab;
  readonly #entries = new Entries();
  readonly #answers: Answers;
  readonly #asking: Asking;
  readonly #end: End;
  readonly #background: Background;
  #deposit: bigint;
  #offer: { readonly at: number; readonly value: Offer } | undefined;
  #retired: Rejection | undefined;

  private constructor(parts: ConsumerParts, record: ChannelRecord) {
    const { head, ports, policy, deposit, budget } = parts;
    const end = (this.#end = new End(ports));
    this.head = head;
    this.#parts = parts;
    this.#record = record;
    this.#deposit = deposit;
    this.#background = new Background(parts.onFault);
    const [entries, background] = [this.#entries, this.#background];
    const gateway = (this.#gateway = new Gateway(head.url, ports));
    const tab = (this.#tab = new Tab(record, gateway, policy.openAll, end));
    this.#room = new Room(() => this.#left());
    const onEnd = (): void => this.#ended();
    const answers = new Answers({ record, gateway, entries, budget, ports, background, end, onEnd });
    this.#answers = answers;
    const terms = (model: string): Promise<Offer | Rejection> => this.#terms(model);
    const [pay, retire] = [() => this.#pay(), (why: string) => this.retire(why)];
    this.#asking = new Asking({ answers, gateway, tab, ports, end, terms, pay, retire });
  }

  /** Continues from the book: signs what is verified, and asks for the fate of every open ceiling. */
  static async open(parts: ConsumerParts): Promise<Consumer> {
    const { record, kept } = await ChannelRecord.open(parts.head, parts.book, parts.secretKey);
    const consumer = new Consumer(parts, record);
    consumer.#restore(kept);
    return consumer;
  }

  #restore({ open, undelivered }: Kept): void {
    const { budget, ports } = this.#parts;
    for (const { asked, idempotencyKey, exchange, wire } of undelivered) {
      const entry = this.#entries.add(idOf(asked), asked, idempotencyKey);
      this.#entries.answered(entry, present(exchange.sealed, "a row is sealed"), wire);
    }
    for (const { asked, idempotencyKey } of open) {
      const { versionId, feeMax } = present(asked.ceiling, "a row has a ceiling");
      budget.keep(versionId, feeMax, ports.now());
      this.#answers.later(this.#entries.add(idOf(asked), asked, idempotencyKey), 0);
    }
    this.#ended();
  }

  /** Why nothing more may be asked. */
  get stopped(): Rejection | undefined {
    if (this.#end.isOver) return reject(consumerErrors.bookClosed, { why: "the program ends" });
    return this.#record.stopped ?? this.#retired;
  }

  /** An answer of this channel was refused: its provider is not to be used. */
  get hasEvidence(): boolean {
    return this.#record.hasEvidence;
  }

  /** Nothing more is asked on this channel; what is owed is still paid. */
  retire(why: string): void {
    this.#retired ??= reject(exchangeErrors.channelStopped, { why });
    this.#room.wake();
  }

  get sums(): Sums {
    const { signed, exposure, open } = this.#record;
    return { deposit: this.#deposit, signed, exposure, open };
  }

  /** The deposit has grown. @param deposit all that was ever put in */
  topUp(deposit: bigint): void {
    this.#deposit = deposit;
    this.#room.wake();
  }

  #left(): Left | Rejection {
    const { stopped } = this;
    if (stopped !== undefined) return stopped;
    const { exposure, signed } = this.#record;
    const credit = this.#offer?.value.terms.credit ?? 0n;
    const [byCredit, byDeposit] = [credit - exposure, this.#deposit - signed - exposure];
    return { amount: byCredit < byDeposit ? byCredit : byDeposit, mayGrow: exposure > 0n };
  }

  /** Asks for an application. Every failure is a response in OpenAI's shape. */
  async ask(ask: Ask): Promise<Response> {
    const { policy } = this.#parts;
    const { path, body: bytes, signal } = ask;
    const body = readBody(path, bytes, policy.marking);
    if (isRejection(body)) return failed(body);
    const request = httpRequestOf("POST", path, bytes, policy);
    const known = this.#entries.find(request, ask);
    if (known?.attached === true) {
      return failed(reject(consumerErrors.underWay, { fix: "wait for its answer, or send another Idempotency-Key" }));
    }
    const asked = { body, path, bytes, signal };
    let answer = known === undefined ? "void" : await this.#asking.deliver({ ...asked, entry: known });
    for (let rounds = 0; answer === "void" && rounds < ROUNDS_MAX; rounds++) {
      const entry = await this.#begin(body, request, ask);
      answer = isRejection(entry) ? failed(entry) : await this.#asking.deliver({ ...asked, entry });
    }
    if (answer !== "void") return answer;
    return failed(reject(consumerErrors.noAnswer, { why: "the provider ended every ceiling without one" }));
  }

  /** Reserves what the answer may cost, and writes a ceiling. */
  async #begin(
    body: AskedBody,
    request: HttpRequest,
    { idempotencyKey, signal, most: asked }: Ask,
  ): Promise<Entry | Rejection> {
    const { policy, budget, ports, head } = this.#parts;
    const { versionId, prices } = head.terms;
    const offer = this.stopped ?? (await this.#terms(body.model));
    if (isRejection(offer)) return offer;
    const isLess = asked !== undefined && asked < policy.requestMax;
    const most = feeMaxOf(isLess ? { ...policy, requestMax: asked } : policy, prices, body);
    if (isRejection(most)) return most;
    const feeMax = most < offer.terms.credit ? most : offer.terms.credit;
    const over = budget.reserve(versionId, feeMax, ports.now());
    if (over !== undefined) return over;
    let entry: Entry | Rejection | undefined;
    try {
      const full = await this.#room.take(feeMax, signal);
      entry = full ?? (await this.#write({ body, request, feeMax, ageMax: offer.terms.ageMax }, idempotencyKey));
      return entry;
    } finally {
      if (entry === undefined || isRejection(entry)) budget.end(versionId, feeMax, 0n, ports.now());
    }
  }

  async #write(
    {
      body,
      request,
      feeMax,
      ageMax,
    }: Readonly<{ body: AskedBody; request: HttpRequest; feeMax: bigint; ageMax: bigint }>,
    idempotencyKey: string,
  ): Promise<Entry | Rejection> {
    const { facts, ports } = this.#parts;
    try {
      const height = await facts.height();
      const time = height > BEHIND ? height - BEHIND : height;
      const salt = ports.random(SALT_BYTES);
      const wish = { request, texts: body.texts, feeMax, time, expiry: time + ageMax, salt };
      const written = await this.#record.ask(wish, idempotencyKey);
      return isRejection(written) ? written : this.#entries.add(written.id, written.asked, idempotencyKey);
    } finally {
      this.#room.leave(feeMax);
    }
  }

  /** The provider's terms, checked, at most a minute old. */
  async #terms(model: string): Promise<Offer | Rejection> {
    const { head, address, ports } = this.#parts;
    const now = ports.now();
    if (this.#offer !== undefined && now - this.#offer.at < TERMS_MS) return this.#offer.value;
    const offer = await this.#gateway.terms(model, address);
    if (isRejection(offer)) return offer;
    if ("status" in offer) return refusalRejection(offer);
    const wrong = checkTerms(offer.terms, head);
    if (wrong !== undefined) return wrong;
    const { channel } = offer.terms;
    if (channel?.channelId === head.terms.channelId) this.#tab.told(channel.voucher?.voucher?.nonce ?? 0n);
    this.#offer = { at: now, value: offer };
    return offer;
  }

  #ended(): void {
    this.#room.wake();
    this.#background.run(() => this.#pay());
  }

  #pay(): Promise<void> {
    return this.#tab.pay(() => this.#room.wake());
  }

  /**
   * Takes no more requests, asks for the fate of every open ceiling, and pays for what is verified, as far as the provider
   * answers.
   */
  async close(): Promise<void> {
    for (const entry of [...this.#entries.open]) if (!entry.attached) await this.#answers.fate(entry);
    await this.#pay();
    this.#end.end();
    this.#room.wake();
    await this.#background.ended();
  }
}

function failed(rejection: Rejection): Response {
  return problemResponse(rejectionProblem(rejection));
}
