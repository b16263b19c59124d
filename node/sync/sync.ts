import { equalBytes } from "#proto/bytes.js";
import { rejectionText, isRejection } from "#proto/rejection.js";
import { BLOCKS_PER_QUESTION_MAX } from "#proto/wire/blocks.js";
import { decodeStatus } from "#proto/wire/status.js";
import type { P2pFaultCode, PeerId } from "#p2p/host.js";
import { penalties } from "#p2p/peers/score.js";
import { blocks as blocksProtocol } from "#p2p/protocols/blocks/index.js";
import { announce } from "./announce.js";
import { claims as createClaims } from "./claims.js";
import type { DecidedBlock, SyncDeps } from "./deps.js";
import { ANSWER_MS_MAX, fetchBlocks, type Fetched } from "./fetch.js";
import { InHand } from "./in-hand.js";
import { nextRange, Questions, type Question } from "./questions.js";
import { serveBlocks } from "./serve.js";

/** Questions for ranges under way at once: each may bring 2 MiB. */
const RANGES_MAX = 4;
const RANGES_PER_PEER_MAX = 2;
/** The next block is asked of so many at once, and of as many more each HEDGE_MS: none of them can keep it from us. */
const NEXT_AT_ONCE = 2;
const NEXT_MAX = 8;
const HEDGE_MS = 500;
/** While ranges come, the one that holds the next block has this long before somebody else is asked for it too. */
const HEDGE_RANGE_MS = 2_000;
const TICK_MS = 500;
/** A peer ahead of us for this long, without a height of ours in between: consensus alone does not bring us there. */
const BEHIND_MS = 2_000;
/** For the first question to a peer; who fails gets longer the next time. */
const PROOF_MS = 2_500;
/** A start waits this long for the first proof of a later block, whatever peers claim and however many they are. */
const LOOK_MS_MAX = 10_000;
/** Without a verified block for this long consensus goes on, and fetching beside it: its answers still come. */
const IDLE_MS_MAX = 2_500;
/** Promises in a row that a peer may break by accident. */
const ACCIDENTS_MAX = 2;

export interface SyncOptions {
  /** How long to wait at the start for the first peer's status before consensus begins without. */
  readonly waitForPeersMs: number;
}

/**
 * looking: at the start, whether anybody proves a later block; consensus waits, for a bounded time. fetching: verified
 * blocks are applied and consensus is paused. following: consensus runs; what peers claim is looked into beside it.
 */
export type SyncPhase = "stopped" | "looking" | "fetching" | "following";

export interface BlockSync {
  /** Begins fetching; consensus is paused, and resumed once it can run and nobody proves a later block. */
  start(): void;
  stop(): void;
  /** The chain grew, whoever committed. */
  committed(): void;
  readonly phase: SyncPhase;
  /** Consensus waits for sync: nothing is signed, and no transaction is taken in. */
  readonly syncing: boolean;
}

/** Blocks from peers, in order, each proven by its certificate before it is executed. At the start, and when behind. */
export function blockSync(deps: SyncDeps, options: SyncOptions): BlockSync {
  const { clock, random, log, host, chain, consensus } = deps;
  const claims = createClaims(clock, blocksProtocol.questionsRate);
  const announcer = announce(deps);
  const inHand = new InHand();
  const questions = new Questions();
  let phase: SyncPhase = "stopped";
  /** Consensus is being paused for a verified block. */
  let turning = false;
  let applying: { readonly height: bigint; readonly decided: DecidedBlock } | undefined;
  let startedMs = 0;
  let progressMs = 0;
  let behindSinceMs: number | undefined;
  let tickTimer: { cancel(): void } | undefined;

  serveBlocks(deps);
  host.onFrame("status", (peer, frame) => {
    const status = decodeStatus(frame);
    if (isRejection(status)) return host.penalize(peer, penalties.malformedBytes, `status: ${rejectionText(status)}`);
    if (!claims.heard(peer, status)) return host.ban(peer, "status: takes back the blocks it said to have");
    pump();
  });
  host.onPeerGone((peer) => {
    claims.forget(peer);
    pump();
  });

  const nowMs = (): number => clock.monotonicMs();
  const nextHeight = (): bigint => chain.height() + 1n;
  const isIn = (...phases: SyncPhase[]): boolean => phases.includes(phase); // Calls in between may have changed it.

  /** Does whatever can be done now. Called after everything that may have changed that. */
  function pump(): void {
    if (phase === "stopped" || turning) return;
    inHand.forgetUpTo(chain.height());
    if (isIn("looking", "fetching") || isBehind()) askForNext();
    if (isIn("fetching")) askForRanges();
    if (inHand.has(nextHeight())) proceed();
    else if (isIn("looking", "fetching") && isOver() && consensus.isReady()) leave();
  }

  /** Whether somebody who may be asked has claimed more for a while, and consensus has not brought us on meanwhile. */
  function isBehind(): boolean {
    if (claims.holders(nextHeight()).length > 0) behindSinceMs ??= nowMs();
    return behindSinceMs !== undefined && nowMs() - behindSinceMs >= BEHIND_MS;
  }

  function isOver(): boolean {
    if (applying !== undefined) return false;
    const next = nextHeight();
    const open = questions.for(next).map(({ peer }) => peer);
    const hoped = [...open, ...claims.holders(next)];
    // Who has delivered may be waited for; of others a claim is not enough to keep consensus paused.
    if (isIn("fetching")) return !hoped.some(claims.isProven) || nowMs() - progressMs >= IDLE_MS_MAX;
    const waitedMs = nowMs() - startedMs;
    if (waitedMs >= LOOK_MS_MAX) return true;
    return hoped.length === 0 && (claims.anyHeard() || consensus.sufficesAlone() || waitedMs >= options.waitForPeersMs);
  }

  function leave(): void {
    const fields = { height: chain.height(), peers: host.peers().length };
    if (fields.peers > 0 || consensus.sufficesAlone()) log.info("caught up", fields);
    else log.warn("consensus begins without a peer: what others have decided is not known", fields);
    phase = "following"; // Also when the chain waits for our own power: nobody can send what is not decided (S2).
    behindSinceMs = undefined;
    announcer.tell();
    consensus.resume();
  }

  /** The next block is here: it is verified, and consensus paused, before it is applied. */
  function proceed(): void {
    if (applying !== undefined) return;
    const height = nextHeight();
    const next = inHand.take(height)!;
    const bad = chain.verify(height, next);
    if (bad !== undefined) {
      log.info("a peer sent a wrong block", { height });
      inHand.forgetFrom(next.from);
      host.ban(next.from, `blocks: ${rejectionText(bad)}`);
      return pump();
    }
    claims.delivered(next.from, true);
    progressMs = nowMs();
    if (phase === "looking") phase = "fetching";
    if (phase === "fetching") return apply(height, next);
    inHand.put(height, next);
    void turn();
  }

  async function turn(): Promise<void> {
    log.info("behind: fetching blocks", { height: chain.height() });
    turning = true;
    await consensus.pause();
    turning = false;
    if (isIn("stopped")) return;
    phase = "fetching";
    progressMs = nowMs();
    pump();
  }

  function apply(height: bigint, decided: DecidedBlock): void {
    applying = { height, decided };
    const { block, certificate } = decided;
    const applied = (): void => {
      applying = undefined;
      log.debug("block synced", { height });
      pump();
    };
    // The chain says itself why it cannot go on; nothing more is applied to it.
    void chain.apply(height, { block, certificate }).then(applied, stop);
  }

  /** Of several peers at once, so that none can hold it back; who has delivered before goes first. */
  function askForNext(): void {
    const next = applying === undefined ? nextHeight() : applying.height + 1n;
    if (inHand.has(next)) return;
    const open = questions.for(next);
    const hedgeMs = phase === "fetching" ? HEDGE_RANGE_MS : HEDGE_MS;
    if (open.length >= NEXT_MAX || open.some(({ sinceMs }) => nowMs() - sinceMs < hedgeMs)) return;
    const holders = claims.holders(next).filter((peer) => !open.some((question) => question.peer === peer));
    const [best] = holders;
    if (best === undefined) return;
    if (phase === "fetching" && claims.isProven(best)) {
      const count = Number(min(claims.heightOf(best) - next + 1n, BigInt(BLOCKS_PER_QUESTION_MAX)));
      return void ask(best, next, count);
    }
    for (const peer of drawn(preferred(holders), NEXT_AT_ONCE)) void ask(peer, next, 1);
  }

  /** Strangers come in; those whom this node was told to dial go first. */
  function preferred(holders: readonly PeerId[]): readonly PeerId[] {
    const dialled = new Set(host.peerInfo().flatMap(({ id, direction }) => (direction === "outbound" ? [id] : [])));
    const some = holders.filter((peer) => claims.isProven(peer) || dialled.has(peer));
    return some.length > 0 ? some : holders;
  }

  function drawn(peers: readonly PeerId[], most: number): PeerId[] {
    const left = [...peers];
    return Array.from({ length: Math.min(most, left.length) }, () => left.splice(random.below(left.length), 1)[0]!);
  }

  function askForRanges(): void {
    while (questions.size < RANGES_MAX && !inHand.isFull) {
      const wanted = nextRange(chain.height(), questions, (height) => isHere(height), holderOf);
      if (wanted === undefined) return;
      void ask(wanted.peer, wanted.from, wanted.count);
    }
  }

  const isHere = (height: bigint): boolean => inHand.has(height) || applying?.height === height;

  /** Whoever has delivered and is busy least. */
  function holderOf(height: bigint): { peer: PeerId; height: bigint } | undefined {
    const free = claims
      .holders(height)
      .filter((peer) => claims.isProven(peer) && questions.countTo(peer) < RANGES_PER_PEER_MAX);
    const least = Math.min(...free.map((peer) => questions.countTo(peer)));
    const [peer] = drawn(
      free.filter((each) => questions.countTo(each) === least),
      1,
    );
    return peer === undefined ? undefined : { peer, height: claims.heightOf(peer) };
  }

  async function ask(peer: PeerId, from: bigint, count: number): Promise<void> {
    const pace = claims.paceOf(peer);
    if (pace === undefined) return;
    const question: Question = { peer, from, count, sinceMs: nowMs() };
    questions.add(question);
    const blockBytesMax = chain.blockBytesMax();
    // One lost packet must not cost ten seconds near the tip.
    const firstMs = claims.isProven(peer) ? ANSWER_MS_MAX : PROOF_MS * 2 ** claims.failuresOf(peer);
    const timeoutMs = Math.min(firstMs, ANSWER_MS_MAX);
    const fetched = await fetchBlocks(host, clock, pace, { peer, from, count, blockBytesMax, timeoutMs });
    questions.delete(question);
    if (isIn("stopped")) return;
    judge(question, fetched);
    pump();
  }

  function judge(question: Question, fetched: Fetched): void {
    const { peer, from } = question;
    if (fetched.kind === "wrong") return host.ban(peer, `blocks: ${fetched.reason}`);
    if (fetched.kind === "failed") return broken(peer, fetched.code);
    for (const [i, decided] of fetched.blocks.entries()) if (!receive(peer, from + BigInt(i), decided)) return;
  }

  /**
   * Its claim counts for nothing for a while, each time longer; who keeps us waiting again and again is banned in the end.
   * A refusal costs it nothing more: it may be busy with others, and it has cost us nothing.
   */
  function broken(peer: PeerId, code: P2pFaultCode): void {
    claims.failed(peer);
    const broken = claims.failuresOf(peer) - ACCIDENTS_MAX;
    if (code !== "gone" && code !== "refused" && broken > 0)
      host.penalize(peer, penalties.unkeptPromise * broken, `blocks: ${code}`);
  }

  /** False when the peer is banned over it. */
  function receive(peer: PeerId, height: bigint, decided: DecidedBlock): boolean {
    const known = applying?.height === height ? applying.decided : chain.blockAt(height);
    if (height <= chain.height() || known !== undefined) {
      claims.delivered(peer, known !== undefined && equalBytes(known.block, decided.block));
      return true;
    }
    // Of several answers with the next block the first that is right counts, and whoever sent another wrong one is gone.
    const bad = applying === undefined && height === nextHeight() ? chain.verify(height, decided) : undefined;
    if (bad !== undefined) {
      log.info("a peer sent a wrong block", { height });
      inHand.forgetFrom(peer);
      host.ban(peer, `blocks: ${rejectionText(bad)}`);
      return false;
    }
    claims.delivered(peer, applying === undefined && height === nextHeight());
    inHand.put(height, { ...decided, from: peer });
    return true;
  }

  function committed(): void {
    behindSinceMs = undefined;
    // While fetching, a tick's status is enough: nobody needs our old blocks at once.
    if (isIn("following")) announcer.tellWhenDue();
    pump();
  }

  function tick(): void {
    announcer.tellWhenDue();
    pump();
    tickTimer = clock.after(TICK_MS, tick);
  }

  function stop(): void {
    phase = "stopped";
    tickTimer?.cancel();
  }

  return {
    start() {
      phase = "looking";
      startedMs = nowMs();
      announcer.tell();
      tick();
    },
    stop,
    committed,
    get phase() {
      return phase;
    },
    get syncing() {
      return turning || isIn("looking", "fetching");
    },
  };
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
