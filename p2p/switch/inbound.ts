import { assert } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import type { Log } from "../deps.js";
import type { PeerId, Verdict } from "../host.js";
import { penalties } from "../peers/score.js";
import { protocolRow, type ProtocolTable } from "../protocols/table.js";
import type { RateLimits } from "./rate-limits.js";
import type { SwitchState } from "./state.js";
import type { Trust } from "./trust.js";

export interface Handlers {
  readonly frames: Map<string, (peer: PeerId, frame: Bytes) => void>;
  readonly questions: Map<string, (peer: PeerId, question: Bytes) => Promise<Bytes | undefined>>;
  readonly gossip: Map<string, (peer: PeerId, message: Bytes) => Verdict | Promise<Verdict>>;
}

/**
 * Beyond its rate a peer is not heard; only beyond this multiple it pays. An asker knows its pace, however its questions
 * bunch up on their way. Frames bunch up when we stand still for as long as a link lives without a sign: half a minute.
 */
const FLOOD = { questions: 4, frames: 10 } as const;

/** Input from peers: checked against the limits of its protocol, then handed to the protocol's handler. */
export class Inbound {
  readonly handlers: Handlers = { frames: new Map(), questions: new Map(), gossip: new Map() };
  readonly #table: ProtocolTable;
  readonly #log: Log;
  readonly #state: SwitchState;
  readonly #trust: Trust;
  readonly #rates: RateLimits;

  constructor(table: ProtocolTable, log: Log, state: SwitchState, trust: Trust, rates: RateLimits) {
    this.#table = table;
    this.#log = log;
    this.#state = state;
    this.#trust = trust;
    this.#rates = rates;
  }

  frame(peer: PeerId, name: string, frame: Bytes): void {
    const link = this.#state.links.get(peer);
    if (link === undefined) return;
    const limits = protocolRow(this.#table, name, "frames");
    if (this.#isTooLarge(peer, frame, limits.frameBytesMax, `${name}: frame`)) return;
    if (!this.#rates.withinRate(peer, link, name, limits.framesRate, FLOOD.frames)) return;
    if (!this.#rates.withinRate(peer, link, `${name}/bytes`, limits.bytesRate, FLOOD.frames, frame.length)) return;
    this.handlers.frames.get(name)?.(peer, frame);
  }

  /** Undefined refuses the question. */
  async question(peer: PeerId, name: string, question: Bytes): Promise<Bytes | undefined> {
    const link = this.#state.links.get(peer);
    const handler = this.handlers.questions.get(name);
    if (link === undefined || handler === undefined) return undefined;
    const limits = protocolRow(this.#table, name, "request");
    if (this.#isTooLarge(peer, question, limits.questionBytesMax, `${name}: question`)) return undefined;
    const busy = link.answering.get(name) ?? 0;
    // Busy is no offence: a refusal costs us nothing, and the asker knows by it that it asks too fast.
    if (
      !this.#rates.withinRate(peer, link, name, limits.questionsRate, FLOOD.questions) ||
      busy >= limits.inFlightMax
    ) {
      return undefined;
    }
    link.answering.set(name, busy + 1);
    let answer: Bytes | undefined;
    try {
      answer = await handler(peer, question);
    } catch (error) {
      this.#failed(name, error);
    } finally {
      link.answering.set(name, (link.answering.get(name) ?? 1) - 1);
    }
    assert(answer === undefined || answer.length <= limits.answerBytesMax, `${name}: our answer is over the bound`);
    return answer;
  }

  async gossip(peer: PeerId, name: string, message: Bytes): Promise<Verdict> {
    const link = this.#state.links.get(peer);
    const judge = this.handlers.gossip.get(name);
    if (link === undefined || judge === undefined) return "ignore";
    const limits = protocolRow(this.#table, name, "gossip");
    if (this.#isTooLarge(peer, message, limits.messageBytesMax, `${name}: message`)) return "reject";
    if (!this.#rates.takeGossip(peer, link, name, limits)) return "ignore";
    let verdict: Verdict;
    try {
      verdict = await judge(peer, message);
    } catch (error) {
      this.#failed(name, error);
      return "ignore";
    }
    if (verdict === "reject") this.#trust.penalize(peer, penalties.rejectedGossip, `${name}: rejected`);
    return verdict;
  }

  #isTooLarge(peer: PeerId, bytes: Bytes, bytesMax: number, what: string): boolean {
    if (bytes.length <= bytesMax) return false;
    this.#trust.penalize(peer, penalties.malformedBytes, `${what} too large`);
    return true;
  }

  /** A failure of our own is not the fault of the peer, and does not stop the node: a caller that cannot go on stops it. */
  #failed(name: string, error: unknown): void {
    if (this.#state.running) this.#log.error("could not judge or answer", { protocol: name, reason: String(error) });
  }
}
