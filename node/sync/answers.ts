import { equalBytes } from "#proto/bytes.js";
import { rejectionText, type Rejection } from "#proto/rejection.js";
import type { P2pFaultCode, PeerId } from "#p2p/host.js";
import { penalties } from "#p2p/peers/score.js";
import type { DecidedBlock, SyncDeps } from "./deps.js";
import type { Fetched } from "./fetch.js";
import type { Question } from "./questions.js";
import type { SyncState } from "./state.js";

/** Promises in a row that a peer may break by accident. */
const ACCIDENTS_MAX = 2;

type AnswerDeps = Pick<SyncDeps, "log" | "host" | "chain">;

/** Takes in what peers have answered: blocks are kept until their turn, and failures count against the peer. */
export class Answers {
  readonly #deps: AnswerDeps;
  readonly #state: SyncState;

  constructor(deps: AnswerDeps, state: SyncState) {
    this.#deps = deps;
    this.#state = state;
  }

  take({ peer, from }: Question, fetched: Fetched): void {
    if (fetched.kind === "wrong") return this.#deps.host.ban(peer, `blocks: ${fetched.reason}`);
    if (fetched.kind === "failed") return this.#failed(peer, fetched.code);
    for (const [i, decided] of fetched.blocks.entries()) if (!this.#receive(peer, from + BigInt(i), decided)) return;
  }

  /** A block that its certificate does not prove. */
  refuse(peer: PeerId, height: bigint, bad: Rejection): void {
    this.#deps.log.info("a peer sent a wrong block", { height });
    this.#state.inHand.forgetFrom(peer);
    this.#deps.host.ban(peer, `blocks: ${rejectionText(bad)}`);
  }

  /**
   * Its claim counts for nothing for a while, each time longer; who keeps us waiting again and again is banned in the end.
   * A refusal costs it nothing more: it may be busy with others, and it has cost us nothing.
   */
  #failed(peer: PeerId, code: P2pFaultCode): void {
    const { claims } = this.#state;
    claims.failed(peer);
    const broken = claims.failuresOf(peer) - ACCIDENTS_MAX;
    if (code !== "gone" && code !== "refused" && broken > 0) {
      this.#deps.host.penalize(peer, penalties.unkeptPromise * broken, `blocks: ${code}`);
    }
  }

  /** False when the peer is banned over it. */
  #receive(peer: PeerId, height: bigint, decided: DecidedBlock): boolean {
    const { chain } = this.#deps;
    const { claims, inHand, applying } = this.#state;
    const known = applying?.height === height ? applying.decided : chain.blockAt(height);
    if (height <= chain.height() || known !== undefined) {
      claims.delivered(peer, known !== undefined && equalBytes(known.block, decided.block));
      return true;
    }
    // Several peers may send the next block: the first valid one is used, and a peer that sent an invalid one is banned.
    const isNext = applying === undefined && height === chain.height() + 1n;
    const bad = isNext ? chain.verify(height, decided) : undefined;
    if (bad !== undefined) {
      this.refuse(peer, height, bad);
      return false;
    }
    claims.delivered(peer, isNext);
    inHand.put(height, { ...decided, from: peer });
    return true;
  }
}
