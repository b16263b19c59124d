import type { Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { decodeStatus } from "#proto/wire/status.js";
import type { PeerId } from "#p2p/host.js";
import { penalties } from "#p2p/peers/score.js";
import { blocks as blocksProtocol } from "#p2p/protocols/blocks/index.js";
import { announce, type Announcer } from "./announce.js";
import { Answers } from "./answers.js";
import { createClaims } from "./claims.js";
import type { DecidedBlock, SyncDeps } from "./deps.js";
import { InHand } from "./in-hand.js";
import { Questions } from "./questions.js";
import { Requests } from "./requests.js";
import { serveBlocks } from "./serve.js";
import type { SyncPhase, SyncState } from "./state.js";

const TICK_MS = 500;
/** A peer ahead of us for this long, without a height of ours in between: consensus alone does not bring us there. */
const BEHIND_MS = 2_000;
/** A start waits this long for the first proof of a later block, whatever peers claim and however many they are. */
const LOOK_MS_MAX = 10_000;
/** Without a verified block for this long consensus goes on, and fetching beside it: its answers still come. */
const IDLE_MS_MAX = 2_500;
/** So few heights behind, what this node says of accounts and takes from clients is as good as at the end of the chain. */
const NEAR_HEIGHTS = 3n;

export interface SyncOptions {
  /** How long to wait at the start for the first peer's status before consensus begins without. */
  readonly waitForPeersMs: number;
}

/** Blocks from peers, in order, each proven by its certificate before it is executed. At the start, and when behind. */
export class BlockSync {
  readonly #deps: SyncDeps;
  readonly #options: SyncOptions;
  readonly #announcer: Announcer;
  readonly #state: SyncState;
  readonly #answers: Answers;
  readonly #requests: Requests;
  /** Consensus has begun once. */
  #joined = false;
  /** Consensus is being paused for a verified block. */
  #turning = false;
  #startedMs = 0;
  #progressMs = 0;
  #behindSinceMs: number | undefined;
  #timer: { cancel(): void } | undefined;

  constructor(deps: SyncDeps, options: SyncOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#announcer = announce(deps);
    this.#state = {
      claims: createClaims(deps.clock, blocksProtocol.questionsRate),
      inHand: new InHand(),
      questions: new Questions(),
      phase: "stopped",
      applying: undefined,
    };
    this.#answers = new Answers(deps, this.#state);
    this.#requests = new Requests(deps, this.#state, (question, fetched) => {
      this.#answers.take(question, fetched);
      this.#pump();
    });
    serveBlocks(deps);
    deps.host.onFrame("status", (peer, frame) => this.#onStatus(peer, frame));
    deps.host.onPeerGone((peer) => {
      this.#state.claims.forget(peer);
      this.#pump();
    });
  }

  get phase(): SyncPhase {
    return this.#state.phase;
  }

  /** Consensus waits for sync: nothing is signed, and no transaction is taken in. */
  get syncing(): boolean {
    return this.#turning || this.#isIn("looking", "fetching");
  }

  /**
   * Clients are served as at the end of the chain. A validator that is short of processor time fetches a block now and
   * then: nobody who has delivered knows of more than a few, so it goes on taking transactions meanwhile.
   */
  get isCurrent(): boolean {
    if (!this.syncing) return this.#isIn("following");
    const { claims } = this.#state;
    const far = this.#deps.chain.height() + NEAR_HEIGHTS + 1n;
    return this.#joined && !this.#isIn("stopped") && !claims.holders(far).some(claims.isProven);
  }

  /** Begins fetching; consensus is paused, and resumed once it can run and no peer proves a later block. */
  start(): void {
    this.#state.phase = "looking";
    this.#startedMs = this.#deps.clock.monotonicMs();
    this.#announcer.tell();
    this.#tick();
  }

  stop(): void {
    this.#state.phase = "stopped";
    this.#timer?.cancel();
  }

  /** The chain grew, by consensus or by sync. */
  committed(): void {
    this.#behindSinceMs = undefined;
    // While fetching, one status per tick is enough: no peer needs old blocks at once.
    if (this.#isIn("following")) this.#announcer.tellWhenDue();
    this.#pump();
  }

  /** Calls in between may have changed the phase: the compiler must not remember it. */
  #isIn(...phases: SyncPhase[]): boolean {
    return phases.includes(this.#state.phase);
  }

  #tick(): void {
    this.#announcer.tellWhenDue();
    this.#pump();
    this.#timer = this.#deps.clock.after(TICK_MS, () => this.#tick());
  }

  #onStatus(peer: PeerId, frame: Bytes): void {
    const { host } = this.#deps;
    const status = decodeStatus(frame);
    if (isRejection(status)) return host.penalize(peer, penalties.malformedBytes, `status: ${rejectionText(status)}`);
    if (!this.#state.claims.heard(peer, status)) return host.ban(peer, "status: takes back the blocks it said to have");
    this.#pump();
  }

  /** Does whatever can be done now. Called after everything that may have changed that. */
  #pump(): void {
    if (this.#isIn("stopped") || this.#turning) return;
    const { inHand } = this.#state;
    const { chain, consensus } = this.#deps;
    inHand.forgetUpTo(chain.height());
    if (this.#isIn("looking", "fetching") || this.#isBehind()) this.#requests.askForNext();
    if (this.#isIn("fetching")) this.#requests.askForRanges();
    if (inHand.has(chain.height() + 1n)) this.#proceed();
    else if (this.#isIn("looking", "fetching") && this.#isOver() && consensus.isReady()) this.#leave();
  }

  /** Whether somebody who may be asked has claimed more for a while, and consensus has not brought us on meanwhile. */
  #isBehind(): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#state.claims.holders(this.#deps.chain.height() + 1n).length > 0) this.#behindSinceMs ??= nowMs;
    return this.#behindSinceMs !== undefined && nowMs - this.#behindSinceMs >= BEHIND_MS;
  }

  #isOver(): boolean {
    const { claims, questions, applying } = this.#state;
    if (applying !== undefined) return false;
    const { clock, chain, consensus } = this.#deps;
    const next = chain.height() + 1n;
    const hoped = [...questions.for(next).map(({ peer }) => peer), ...claims.holders(next)];
    // Who has delivered may be waited for; of others a claim is not enough to keep consensus paused.
    if (this.#isIn("fetching")) {
      return !hoped.some(claims.isProven) || clock.monotonicMs() - this.#progressMs >= IDLE_MS_MAX;
    }
    const waitedMs = clock.monotonicMs() - this.#startedMs;
    if (waitedMs >= LOOK_MS_MAX) return true;
    if (hoped.length > 0) return false;
    return claims.anyHeard() || consensus.sufficesAlone() || waitedMs >= this.#options.waitForPeersMs;
  }

  #leave(): void {
    const { log, host, chain, consensus } = this.#deps;
    const fields = { height: chain.height(), peers: host.peers().length };
    if (fields.peers > 0 || consensus.sufficesAlone()) log.info("caught up", fields);
    else log.warn("consensus begins without a peer: what others have decided is not known", fields);
    this.#state.phase = "following"; // Also when the chain waits for this node's power: undecided blocks cannot be fetched (S2).
    this.#joined = true;
    this.#behindSinceMs = undefined;
    this.#announcer.tell();
    consensus.resume();
  }

  /** The next block is here: it is verified, and consensus paused, before it is applied. */
  #proceed(): void {
    const { claims, inHand, applying } = this.#state;
    if (applying !== undefined) return;
    const { clock, chain } = this.#deps;
    const height = chain.height() + 1n;
    const next = inHand.take(height)!;
    const bad = chain.verify(height, next);
    if (bad !== undefined) {
      this.#answers.refuse(next.from, height, bad);
      return this.#pump();
    }
    claims.delivered(next.from, true);
    this.#progressMs = clock.monotonicMs();
    if (this.#isIn("looking")) this.#state.phase = "fetching";
    if (this.#isIn("fetching")) return this.#apply(height, next);
    inHand.put(height, next);
    void this.#turn();
  }

  async #turn(): Promise<void> {
    const { clock, log, chain, consensus } = this.#deps;
    log.info("behind: fetching blocks", { height: chain.height() });
    this.#turning = true;
    await consensus.pause();
    this.#turning = false;
    if (this.#isIn("stopped")) return;
    this.#state.phase = "fetching";
    this.#progressMs = clock.monotonicMs();
    this.#pump();
  }

  #apply(height: bigint, decided: DecidedBlock): void {
    this.#state.applying = { height, decided };
    const { block, certificate } = decided;
    const applied = (): void => {
      this.#state.applying = undefined;
      this.#deps.log.debug("block synced", { height });
      this.#pump();
    };
    // The chain says itself why it cannot go on; nothing more is applied to it.
    void this.#deps.chain.apply(height, { block, certificate }).then(applied, () => this.stop());
  }
}
