import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { ceilingId, verifyCeiling } from "#proto/attribution/ceiling.js";
import { exchangeErrors } from "#proto/exchange/errors.js";
import type { AskedBody } from "#proto/exchange/openai/body.js";
import { problem, problemOf, type Problem } from "#proto/exchange/openai/problem.js";
import { askedCeiling, type AskedCeiling, type Exchange, type SignedVoucher } from "#proto/exchange/provider.js";
import type { CeilingState, Payment } from "#proto/exchange/x402.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { GatewayBook } from "../book/book.js";
import type { Channels, KeptChannel } from "../chain/channels.js";
import type { ChainClock } from "../chain/clock.js";
import { CHANNEL_STATUS } from "../chain/facts.js";
import type { Versions } from "../chain/versions.js";
import { UpstreamFault } from "../upstream/fault.js";
import type { Upstream } from "../upstream/upstream.js";
import type { ModelOffer } from "./offer.js";
import { produce, type Job } from "./produce.js";
import { RunningAnswer } from "./running.js";

/** What the desk counts. */
export interface DeskCounts {
  /** @param addedMs what the answer took beside the model's server */
  answered(fee: bigint, addedMs: number): void;
  voided(): void;
  upstreamFailed(code: string): void;
}

export interface DeskDeps {
  readonly book: GatewayBook;
  readonly channels: Channels;
  readonly versions: Versions;
  readonly clock: ChainClock;
  readonly upstream: Upstream;
  readonly counts: DeskCounts;
  /** 32 bytes, of the provider's account. */
  readonly secretKey: Bytes;
  /** In base units, of one consumer's account. */
  readonly credit: bigint;
  /** Blocks that a ceiling's time may be behind, and its expiry ahead. */
  readonly ageMax: bigint;
  /** Answers that are made at once, with those whose clients are gone. */
  readonly runningMax: number;
  /** How long an answer goes on without a reader, in milliseconds. */
  readonly aloneMs: number;
  readonly random: (bytes: number) => Bytes;
  readonly now: () => number;
  /** What the gateway cannot go on after: the disk. */
  readonly failed: (error: unknown) => void;
}

/** What became of a request. */
export type Admitted =
  | { readonly kind: "running"; readonly answer: RunningAnswer }
  | { readonly kind: "sealed"; readonly row: Exchange; readonly wire: string }
  | { readonly kind: "refused"; readonly problem: Problem };

type VoucherPayment = Extract<Payment, { readonly type: "voucher" }>;

/**
 * Admits requests, lets their answers be made and seals them: each ceiling ends as one receipt or one void, whatever its client
 * does.
 */
export class Desk {
  readonly #deps: DeskDeps;
  readonly #running = new Map<string, RunningAnswer>();
  /** Ceilings that failed while their channel had too many voids: tried again with each block. */
  readonly #unvoided = new Map<string, { readonly kept: KeptChannel; readonly asked: AskedCeiling }>();
  #isClosed = false;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  /** Answers that are being made. */
  get runningCount(): number {
    return this.#running.size;
  }

  /** No further requests; resolves when all answers have ended. */
  async drain(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#running.values()].map((answer) => answer.ended()));
  }

  /** Cuts all answers. */
  cancelAll(): void {
    for (const answer of this.#running.values()) answer.cancel();
  }

  /** Why nothing can be served now; undefined if it can. */
  unavailable(): Problem | undefined {
    if (this.#isClosed) return problem(503, "stopping", "the gateway is stopping; ask again when it is back");
    const { runningMax } = this.#deps;
    if (this.#running.size >= runningMax) {
      return problem(429, "too_many_answers", `${runningMax} answers are being made: ask again`);
    }
    const stale = this.#deps.clock.staleness(this.#deps.now());
    return stale === undefined
      ? undefined
      : problem(503, "chain_stale", `the gateway's view of the chain is old: ${stale}`);
  }

  /** Takes a request with its payment: begins its answer, or finds the one that was begun. */
  async ask(payment: VoucherPayment, body: AskedBody, offer: ModelOffer): Promise<Admitted> {
    const kept = await this.#channel(payment.ceiling.channelId);
    if (kept === undefined) return refused(unknownChannel(payment.ceiling.channelId));
    const { record } = kept;
    const id = toHex(ceilingId(payment.ceiling));
    if (record.fate(id) === undefined) {
      const why = this.unavailable() ?? this.#unusable(kept, offer);
      if (why !== undefined) return { kind: "refused", problem: why };
    }
    if (payment.voucher !== undefined) {
      const paid = await this.pay(payment.voucher);
      if (isRejection(paid)) return refused(paid);
    }
    const asked = askedCeiling(
      { ceiling: payment.ceiling, texts: body.texts },
      payment.request,
      payment.ceilingSignature,
    );
    const begun = record.begin(asked, this.#view(kept));
    if (isRejection(begun)) return refused(begun);
    if (begun === "begun") return { kind: "running", answer: this.#begin(kept, asked, body, offer, id) };
    return this.#known(kept, id, begun.state === "receipt" ? begun.nonce : undefined);
  }

  get #height(): bigint {
    return this.#deps.clock.newest?.height ?? 0n;
  }

  /** A channel that was opened in a block that the gateway has not read yet is asked for. */
  async #channel(channelId: bigint): Promise<KeptChannel | undefined> {
    const { channels } = this.#deps;
    return channels.get(channelId) ?? (await channels.find(channelId));
  }

  #view(kept: KeptChannel) {
    const { credit, ageMax, channels } = this.#deps;
    return {
      height: this.#height,
      ageMax,
      deposit: kept.chain.deposit,
      credit,
      elsewhere: channels.owedElsewhere(kept),
    };
  }

  #unusable({ chain }: KeptChannel, offer: ModelOffer): Problem | undefined {
    if (chain.status !== CHANNEL_STATUS.open) {
      const why = `channel ${chain.id} is ${chain.status === CHANNEL_STATUS.closing ? "closing" : "closed"}: open another`;
      return problem(402, "channel_not_open", why);
    }
    if (chain.versionId !== offer.versionId) {
      const why = `channel ${chain.id} pays for version ${chain.versionId}; the model ${offer.name} is version ${offer.versionId}`;
      return problem(402, "wrong_model", why, "model");
    }
    if (this.#deps.versions.known(chain.versionId)?.isUsable === true) return undefined;
    const why = `version ${chain.versionId} is neither in staging nor in production any more: choose another model`;
    return problem(403, "version_not_usable", why);
  }

  #known({ chain }: KeptChannel, id: string, nonce: bigint | undefined): Admitted {
    const running = this.#running.get(id);
    if (running !== undefined) return { kind: "running", answer: running };
    if (nonce === undefined) return refused(reject(exchangeErrors.ceilingVoid, { ceilingId: id }));
    const row = this.#deps.book.exchange(chain.id, nonce);
    const wire = this.#deps.book.wire(chain.id, nonce);
    if (row !== undefined && wire !== undefined) return { kind: "sealed", row, wire: new TextDecoder().decode(wire) };
    const why = "this ceiling's answer was delivered and paid; ask with a new one";
    return { kind: "refused", problem: problem(409, "answer_paid", why) };
  }

  #begin(kept: KeptChannel, asked: AskedCeiling, body: AskedBody, offer: ModelOffer, id: string): RunningAnswer {
    const running = new RunningAnswer(id, body.stream, this.#deps.aloneMs);
    this.#running.set(id, running);
    const job: Job = { asked, body, offer, terms: kept.record.terms, running };
    void this.#make(kept, job).catch(this.#deps.failed);
    return running;
  }

  async #make(kept: KeptChannel, job: Job): Promise<void> {
    const { asked, running } = job;
    const started = performance.now();
    try {
      const { added, text, last, upstreamMs } = await produce(job, this.#deps.upstream);
      const { random, now, secretKey } = this.#deps;
      const said = { seed: random(32), time: BigInt(now()), added, answer: text };
      const row = kept.record.seal(running.id, said, secretKey);
      if (isRejection(row)) throw new UpstreamFault(problemOf(row));
      await this.#seal(kept, row, running, last);
      this.#deps.counts.answered(row.sealed!.receipt!.fee, performance.now() - started - upstreamMs);
    } catch (error) {
      if (!(error instanceof UpstreamFault)) throw error;
      const { code } = error.problem.body.error;
      if (code.startsWith("upstream_")) this.#deps.counts.upstreamFailed(code);
      await this.#void(kept, asked, running.id);
      this.#finish(running, () => running.finish({ kind: "void", problem: error.problem }));
    }
  }

  async #seal(kept: KeptChannel, row: Exchange, running: RunningAnswer, last: readonly string[]): Promise<void> {
    await this.#deps.book.addExchange(kept.record, row, utf8(running.text + last.join("")));
    this.#finish(running, () => {
      for (const piece of last) running.push(piece);
      running.finish({ kind: "sealed", row });
    });
  }

  #finish(running: RunningAnswer, end: () => void): void {
    this.#running.delete(running.id);
    end();
  }

  /** Ends a ceiling without an answer. */
  async #void(kept: KeptChannel, asked: AskedCeiling, id: string): Promise<void> {
    const row = kept.record.void(asked.ceiling!);
    if (isRejection(row)) {
      this.#unvoided.set(id, { kept, asked });
      return;
    }
    this.#unvoided.delete(id);
    await this.#deps.book.addVoid(kept.record, row);
    this.#deps.counts.voided();
  }

  /** A block came: what cannot be asked for any more is forgotten. */
  async block(height: bigint): Promise<void> {
    for (const { record, chain } of this.#deps.channels.all()) {
      await this.#deps.book.forget(chain.id, record.forget(height));
    }
    for (const [id, { kept, asked }] of [...this.#unvoided]) await this.#void(kept, asked, id);
  }

  /** Takes a voucher. @returns the newest one of its channel */
  async pay(row: SignedVoucher): Promise<SignedVoucher | undefined | Rejection> {
    const channelId = row.voucher?.channelId ?? 0n;
    const kept = await this.#channel(channelId);
    if (kept === undefined) return unknownChannel(channelId);
    const taken = kept.record.pay(row);
    if (isRejection(taken)) return taken;
    if (taken !== undefined) await this.#deps.book.addVoucher(kept.record, taken);
    return kept.record.voucher;
  }

  /** The state of a ceiling. @param id hex */
  state(id: string): CeilingState | Rejection {
    for (const { record, chain } of this.#deps.channels.all()) {
      const fate = record.fate(id);
      if (fate === undefined) continue;
      if (fate.state !== "receipt") return { state: fate.state, ceilingId: id };
      const sealed = this.#deps.book.exchange(chain.id, fate.nonce)?.sealed;
      return { state: "receipt", ceilingId: id, sealed };
    }
    return reject(exchangeErrors.unknownCeiling, { ceilingId: id });
  }

  /** The fate of a ceiling that its consumer shows: one that never came becomes void. */
  async fate({ ceiling, ceilingSignature, voucher }: VoucherPayment): Promise<CeilingState | Rejection> {
    const kept = await this.#channel(ceiling.channelId);
    if (kept === undefined) return unknownChannel(ceiling.channelId);
    const id = toHex(ceilingId(ceiling));
    const unsigned = verifyCeiling(ceiling, ceilingSignature, kept.record.terms.consumerKey);
    if (unsigned !== undefined) return unsigned;
    if (voucher !== undefined) {
      const paid = await this.pay(voucher);
      if (isRejection(paid)) return paid;
    }
    if (kept.record.fate(id) !== undefined) return this.state(id);
    const isOver = ceiling.expiry < this.#height; // It cannot begin: its void needs no row.
    if (!isOver) {
      const row = kept.record.void(ceiling);
      if (isRejection(row)) return row;
      await this.#deps.book.addVoid(kept.record, row);
    }
    return { state: "void", ceilingId: id };
  }

  /** Cuts a running answer; what was let out is sealed. @returns its state afterwards */
  async cancel(id: string): Promise<CeilingState | Rejection> {
    const running = this.#running.get(id);
    running?.cancel();
    await running?.ended();
    return this.state(id);
  }
}

function refused(rejection: Rejection): Admitted {
  return { kind: "refused", problem: problemOf(rejection) };
}

function unknownChannel(channelId: bigint): Rejection {
  return reject(exchangeErrors.notMoney, {
    field: "ceiling.channel_id",
    have: channelId,
    need: "an open channel to this provider; a new one is known after its block",
  });
}
