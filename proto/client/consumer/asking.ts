import { Fault } from "../../fault.js";
import { concat, utf8, type Bytes } from "../../bytes.js";
import { answerSaid } from "../../exchange/openai/answer.js";
import { readObject, type AskedBody } from "../../exchange/openai/body.js";
import { decodeHeader, readCeilingState, x402Headers } from "../../exchange/x402.js";
import { isRejection, reject, rejectionText, type Rejection } from "../../rejection.js";
import { noReceipt, refusalRejection, type Answers } from "./answers.js";
import { readAll } from "./bytes-of.js";
import type { End } from "./end.js";
import type { Entry } from "./entries.js";
import { consumerErrors } from "./errors.js";
import { refusalOf, type Gateway, type Offer, type Refusal } from "./gateway.js";
import { Passed } from "./passed.js";
import type { Ports } from "./ports.js";
import { rebuilt } from "./rebuilt.js";
import { bodyOf, errorLine, eventLine, problemResponse, refusalProblem, rejectionProblem } from "./responses.js";
import { streamLines } from "./stream.js";
import type { Tab } from "./tab.js";
import { Watch } from "./watch.js";

/** What asking needs. */
export interface AskingParts {
  readonly answers: Answers;
  readonly gateway: Gateway;
  readonly tab: Tab;
  readonly ports: Ports;
  readonly end: End;
  /** The provider's terms for a model, checked. */
  terms(model: string): Promise<Offer | Rejection>;
  /** Signs and hands over; resolves when the provider has the voucher, or is not reached. */
  pay(): Promise<void>;
  /** Nothing more is asked on this channel. */
  retire(why: string): void;
}

/** A request that is asked under a ceiling. */
export interface Asked {
  readonly entry: Entry;
  readonly body: AskedBody;
  readonly path: string;
  readonly bytes: Bytes;
  /** Aborted when the application is gone. */
  readonly signal: AbortSignal;
}

/** Attempts over one ceiling. */
const TRIES_MAX = 3;
const BACKOFF_MS = 250;
/** A provider seals what was sent ten seconds after its client is gone. */
const GONE_MS = 11_000;
const FATE_MS = 2_000;
const ANSWER_MAX = 32 * 1024 * 1024;
const EVENT_STREAM = "text/event-stream";

/** Refusals after which a new ceiling may be answered: the old one is void. */
const RENEWED = new Set(["exchange/ceilingVoid", "poa/wrongCeiling"]);

/** Refusals that no later request on this channel escapes: a book is not the channel's, or the channel is closed. */
const ENDED = new Set(["exchange/otherBook", "exchange/bookBehind", "channel_not_open"]);

/** The application's connection is reset: it must not take a part of an answer for the whole. */
export class StreamBroken extends Fault<"stream_broken"> {
  constructor(why: Rejection) {
    super("stream_broken", rejectionText(why));
  }
}

/** Asks under a ceiling until there is an answer, and hands it to the application as it comes. */
export class Asking {
  readonly #parts: AskingParts;

  constructor(parts: AskingParts) {
    this.#parts = parts;
  }

  /** Every failure is a response in OpenAI's shape. "void": nothing is owed, and a new ceiling may be answered. */
  async deliver(asked: Asked): Promise<Response | "void"> {
    const { entry } = asked;
    entry.attached = true;
    const isKept = entry.sealed !== undefined && entry.wire.length > 0;
    const answer = isKept ? await this.#again(asked) : await this.#tries(asked);
    // The body of an answer says itself when it has ended.
    if (answer === "void" || !answer.ok) entry.attached = false;
    return answer;
  }

  /** An answer that is in the book, as it came. */
  async #again({ entry, body, signal }: Asked): Promise<Response> {
    const pieces = body.stream ? [entry.wire, eventLine("[DONE]")] : [entry.wire];
    return await opened(this.#handOver(entry, pieces), body, signal);
  }

  async #tries(asked: Asked): Promise<Response | "void"> {
    const { tab, ports, answers, end, pay } = this.#parts;
    const { entry, signal } = asked;
    let withVoucher = tab.isBehind;
    let failure: Rejection = reject(consumerErrors.broken, { why: "the application ended the request" });
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      if (tries > 0) await ports.sleep(BACKOFF_MS << tries, signal);
      if (signal.aborted || end.isOver) break;
      const answer = await this.#try(asked, withVoucher);
      if (answer instanceof Response) return answer;
      if (isRejection(answer)) {
        failure = answer;
        if (answer.name !== consumerErrors.broken.name) break;
        continue;
      }
      const isCredit = answer.code === "exchange/overCredit";
      const canPay = isCredit || (answer.code === "exchange/unknownVoucher" && !withVoucher);
      if (!canPay || tries === TRIES_MAX - 1) return await this.#refused(asked, answer);
      withVoucher = true;
      if (isCredit) await pay();
    }
    entry.attached = false;
    answers.later(entry, signal.aborted ? GONE_MS : 0);
    return problemResponse(rejectionProblem(failure));
  }

  async #try(asked: Asked, withVoucher: boolean): Promise<Response | Rejection | Refusal> {
    const { body, signal } = asked;
    const watch = this.#watch(signal);
    const sent = await this.#send(asked, withVoucher, watch);
    if (!isRejection(sent) && sent.ok && body.stream) {
      return await opened(this.#stream(asked, sent, watch), body, signal);
    }
    try {
      if (isRejection(sent)) return sent;
      return sent.ok ? await this.#whole(asked, sent) : await refusalOf(sent);
    } finally {
      await watch.end();
    }
  }

  /** The provider refused: the fate of the ceiling says whether something is owed all the same. */
  async #refused({ entry, body, signal }: Asked, refusal: Refusal): Promise<Response | "void"> {
    const { answers } = this.#parts;
    const fate = await answers.fate(entry);
    const pieces = entry.sealed === undefined ? undefined : rebuilt(body, entry.id, entry.sealed.answer);
    if (pieces !== undefined) return await opened(this.#handOver(entry, pieces), body, signal);
    entry.attached = false;
    if (fate === "void" && RENEWED.has(refusal.code)) return "void";
    if (fate === undefined) answers.later(entry, FATE_MS);
    if (ENDED.has(refusal.code)) this.#parts.retire(refusal.code);
    return problemResponse(refusalProblem(refusal));
  }

  async #send({ entry, body, path, bytes }: Asked, withVoucher: boolean, watch: Watch): Promise<Response | Rejection> {
    const { terms, answers, gateway } = this.#parts;
    const offer = await terms(body.model);
    if (isRejection(offer)) return offer;
    const payment = answers.payment(entry, withVoucher);
    return await gateway.model(path, bytes, { accepted: offer.accepted, payment }, watch.signal);
  }

  #watch(app: AbortSignal): Watch {
    return new Watch(this.#parts.ports, this.#parts.end, app);
  }

  /** A whole answer: its text is checked before it goes on. */
  async #whole({ entry, body, signal }: Asked, sent: Response): Promise<Response | Rejection> {
    const header = sent.headers.get(x402Headers.response);
    const bytes = await readAll(sent, ANSWER_MAX);
    if (isRejection(bytes)) return bytes;
    const answer = readObject(bytes, "answer");
    const said = isRejection(answer) ? answer : answerSaid(body.kind, answer);
    if (isRejection(said)) return said;
    const settled = header === null ? noReceipt(x402Headers.response) : decodeHeader(header);
    if (isRejection(settled)) return settled;
    const state = readCeilingState(settled["extra"]);
    if (isRejection(state)) return state;
    [entry.text, entry.wire] = [said.text, bytes];
    const refused = await this.#parts.answers.sealed(entry, state, true);
    if (refused !== undefined) return refused;
    return await opened(this.#handOver(entry, [bytes]), body, signal);
  }

  async *#handOver(entry: Entry, pieces: readonly Bytes[]): AsyncGenerator<Bytes> {
    try {
      yield NOTHING;
      yield* pieces;
      this.#parts.answers.delivered(entry);
    } finally {
      entry.attached = false;
    }
  }

  /** A stream: each chunk goes on as it comes, the end only after the receipt is checked and written. */
  async *#stream(asked: Asked, first: Response, watching: Watch): AsyncGenerator<Bytes> {
    const { entry, body, signal } = asked;
    const { ports, answers } = this.#parts;
    const passed = new Passed(body.kind);
    const wire: Bytes[] = [];
    let watch = watching;
    let sent: Response | Rejection = first;
    try {
      yield NOTHING;
      for (let tries = 1; ; tries++) {
        const failed: Rejection | undefined = isRejection(sent)
          ? sent
          : yield* this.#pass(asked, { passed, wire }, sent, watch);
        await watch.end();
        if (failed === undefined) break;
        const isBroken = failed.name === consumerErrors.broken.name;
        if (!isBroken || !passed.canContinue || tries >= TRIES_MAX || signal.aborted) {
          yield errorLine(failed);
          throw new StreamBroken(failed);
        }
        await ports.sleep(BACKOFF_MS << tries, signal);
        passed.again();
        watch = this.#watch(signal);
        const again: Response | Rejection = await this.#send(asked, true, watch);
        sent = isRejection(again) || again.ok ? again : refusalRejection(await refusalOf(again));
      }
      yield eventLine("[DONE]");
      answers.delivered(entry);
    } finally {
      await watch.end();
      entry.attached = false;
      answers.later(entry, GONE_MS);
    }
  }

  /** Passes the lines of one connection on. @returns why it ended, unless the whole answer is there and paid for */
  async *#pass(
    { entry }: Asked,
    { passed, wire }: Gone,
    sent: Response,
    watch: Watch,
  ): AsyncGenerator<Bytes, Rejection | undefined> {
    let isSealed = false;
    for await (const line of streamLines(sent)) {
      watch.heard();
      if (isRejection(line)) return isSealed && line.name === consumerErrors.broken.name ? undefined : line;
      if (line.kind === "error") return reject(consumerErrors.noAnswer, { why: line.message });
      if (line.kind === "done") return isSealed ? undefined : noReceipt("tributary-receipt");
      if (line.kind === "other") yield utf8(`${line.line}\n`);
      if (line.kind === "receipt") {
        [entry.text, entry.wire] = [passed.text, concat(...wire)];
        const refused = await this.#parts.answers.sealed(entry, line.state, true);
        if (refused !== undefined) return refused;
        isSealed = true;
      }
      if (line.kind === "chunk") {
        const chunk = passed.add(line.chunk);
        if (isRejection(chunk)) return chunk;
        entry.text = passed.text;
        if (chunk === undefined) continue;
        const piece = chunk === line.chunk ? utf8(`${line.line}\n\n`) : eventLine(chunk);
        wire.push(piece);
        yield piece;
      }
    }
    return isSealed ? undefined : reject(consumerErrors.broken, { why: "the stream ended without [DONE]" });
  }
}

const NOTHING: Bytes = new Uint8Array(0);

/** What has gone on to the application. */
interface Gone {
  readonly passed: Passed;
  /** The pieces, as they went. */
  readonly wire: Bytes[];
}

/** A response whose end is reached also if nobody reads it: the application is gone, or the body is cancelled. */
async function opened(pieces: AsyncGenerator<Bytes>, { stream }: AskedBody, signal: AbortSignal): Promise<Response> {
  await pieces.next();
  signal.addEventListener("abort", () => void pieces.return(undefined), { once: true });
  const headers: Record<string, string> = stream
    ? { "content-type": EVENT_STREAM, "cache-control": "no-store" }
    : { "content-type": "application/json" };
  return new Response(bodyOf(pieces), { headers });
}
