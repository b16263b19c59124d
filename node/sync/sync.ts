import { rejectionText, isRejection } from "#proto/rejection.js";
import { BLOCKS_PER_QUESTION_MAX } from "#proto/wire/blocks.js";
import { decodeStatus, encodeStatus } from "#proto/wire/status.js";
import type { PeerId } from "#p2p/host.js";
import { penalties } from "#p2p/peers/score.js";
import { claims as createClaims } from "./claims.js";
import type { DecidedBlock, SyncDeps } from "./deps.js";
import { ANSWER_MS_MAX, fetchBlocks } from "./fetch.js";
import { serveBlocks } from "./serve.js";

/** Questions under way at once: each may bring 2 MiB. */
const QUESTIONS_MAX = 4;
const QUESTIONS_PER_PEER_MAX = 2;
/** Blocks waiting for the ones before them. */
const AHEAD_MAX = 4n * BigInt(BLOCKS_PER_QUESTION_MAX);
const WAITING_BYTES_MAX = 32 * 1024 * 1024;
const TICK_MS = 500;
/** A status for peers that missed one. */
const STATUS_MS = 3_000;
/** Not more often than what peers take without complaint (p2p/protocols/status). */
const STATUS_GAP_MS = 100;
/** A peer ahead of us for this long, without a height of ours in between: consensus alone does not bring us there. */
const BEHIND_MS = 2_000;
const PROOF_MS = 2_500;

export interface SyncOptions {
  /** How long to wait at the start for the first peer's status before consensus begins without; 0 for a lone node. */
  readonly waitForPeersMs: number;
}

export interface BlockSync {
  /** Begins fetching; consensus is paused, and resumed once it can run and no peer that can be asked has more. */
  start(): void;
  stop(): void;
  /** The chain grew, whoever committed. */
  committed(): void;
  readonly syncing: boolean;
  /** Highest height that a peer claims, for people: nothing is decided by it. */
  claimedHeight(): bigint;
}

/** Blocks from peers, in order, each proven by its certificate before it is executed. At the start, and when behind. */
export function blockSync(deps: SyncDeps, options: SyncOptions): BlockSync {
  const { clock, random, log, host, chain, consensus } = deps;
  const claims = createClaims(clock, QUESTIONS_PER_PEER_MAX);
  const waiting = new Map<bigint, DecidedBlock & { readonly from: PeerId }>();
  const asked = new Map<bigint, { readonly count: number; readonly peer: PeerId }>(); // By first height.
  let mode: "stopped" | "syncing" | "following" | "turning" = "stopped";
  let applying = false;
  let startedMs = 0;
  let behindSinceMs: number | undefined;
  let tickTimer: { cancel(): void } | undefined;
  let statusAtMs = -STATUS_MS;
  let toldHeight = 0n;

  serveBlocks(deps);
  host.onFrame("status", (peer, frame) => {
    const status = decodeStatus(frame);
    if (isRejection(status)) return host.penalize(peer, penalties.malformedBytes, `status: ${rejectionText(status)}`);
    if (!claims.heard(peer, status)) return host.ban(peer, "status: takes back the blocks it said to have");
    pump();
  });
  host.onPeer((peer) => void host.send(peer, "status", ownStatus()));
  host.onPeerGone((peer) => {
    claims.forget(peer);
    pump();
  });

  function ownStatus(): Uint8Array {
    const [base, height] = [chain.base(), chain.height()];
    return encodeStatus(base > height ? { base: 0n, height: 0n } : { base, height });
  }

  /** Does whatever can be done now. Called after everything that may have changed that. */
  function pump(): void {
    if (mode === "following") watch();
    if (!isFetching()) return;
    request();
    applyNext();
    if (isFetching() && isCaughtUp() && consensus.isReady()) leave(); // A ban on the way may have pumped, and left, already.
  }

  function isFetching(): boolean {
    return mode === "syncing";
  }

  function isCaughtUp(): boolean {
    if (applying || asked.size > 0 || waiting.has(chain.height() + 1n)) return false;
    if (claims.anyAbove(chain.height())) return false;
    return claims.anyHeard() || clock.monotonicMs() - startedMs >= options.waitForPeersMs;
  }

  function leave(): void {
    log.info("caught up", { height: chain.height() });
    sendStatus();
    mode = "following"; // Also when the chain waits for our own power: nobody can send what is not decided (S2).
    waiting.clear();
    behindSinceMs = undefined;
    consensus.resume();
  }

  function request(): void {
    if (waitingBytes() > WAITING_BYTES_MAX) return;
    const top = chain.height() + AHEAD_MAX;
    for (let from = chain.height() + 1n; from <= top && asked.size < QUESTIONS_MAX;) {
      const covered = coveredUntil(from);
      if (covered >= from) {
        from = covered + 1n;
        continue;
      }
      const peer = choose(from);
      if (peer === undefined) return;
      const count = Math.min(BLOCKS_PER_QUESTION_MAX, Number(min(claims.heightOf(peer), top) - from) + 1);
      void ask(peer, from, untilCovered(from, count));
    }
  }

  function waitingBytes(): number {
    let size = 0;
    for (const { block } of waiting.values()) size += block.length;
    return size;
  }

  /** The last height of the run from `from` that is here or asked for; below `from` when `from` itself is not. */
  function coveredUntil(from: bigint): bigint {
    if (waiting.has(from)) return from;
    for (const [first, { count }] of asked) {
      const last = first + BigInt(count) - 1n;
      if (first <= from && from <= last) return last;
    }
    return from - 1n;
  }

  function untilCovered(from: bigint, count: number): number {
    for (let i = 1; i < count; i++) if (coveredUntil(from + BigInt(i)) >= from + BigInt(i)) return i;
    return count;
  }

  function choose(height: bigint): PeerId | undefined {
    const holders = claims.holders(height);
    return holders[holders.length > 1 ? random.below(Math.min(holders.length, 2)) : 0];
  }

  async function ask(peer: PeerId, from: bigint, count: number): Promise<void> {
    asked.set(from, { count, peer });
    claims.asking(peer);
    const fetched = await fetchBlocks(host, peer, { from, count }, chain.blockBytesMax());
    asked.delete(from);
    claims.answered(peer, fetched.kind === "blocks");
    if (fetched.kind === "wrong") host.ban(peer, `blocks: ${fetched.reason}`);
    if (fetched.kind === "failed" && fetched.code !== "gone") {
      host.penalize(peer, penalties.tooSlow, `blocks: ${fetched.code}`);
    }
    if (fetched.kind === "blocks" && isFetching()) {
      for (const [i, block] of fetched.blocks.entries()) {
        const height = from + BigInt(i);
        if (height > chain.height()) waiting.set(height, { ...block, from: peer });
      }
    }
    pump();
  }

  function applyNext(): void {
    if (applying) return;
    const height = chain.height() + 1n;
    const next = waiting.get(height);
    if (next === undefined) return;
    waiting.delete(height);
    const bad = chain.verify(height, next);
    if (bad !== undefined) {
      log.info("a peer sent a wrong block", { height, peer: next.from, reason: rejectionText(bad) });
      for (const [at, { from }] of waiting) if (from === next.from) waiting.delete(at);
      host.ban(next.from, `blocks: ${rejectionText(bad)}`);
      return request();
    }
    applying = true;
    const { block, certificate } = next;
    const applied = (): void => {
      applying = false;
      log.debug("block synced", { height });
      if (isFetching()) committed();
    };
    // The chain says itself why it cannot go on; nothing more is applied to it.
    void chain.apply(height, { block, certificate }).then(applied, () => (mode = "stopped"));
  }

  /** While consensus runs: a peer that stays ahead is asked to prove it, and only then consensus stops for it. */
  function watch(): void {
    const height = chain.height();
    if (!claims.anyAbove(height)) {
      behindSinceMs = undefined;
      return;
    }
    behindSinceMs ??= clock.monotonicMs();
    if (clock.monotonicMs() - behindSinceMs < BEHIND_MS || asked.size > 0) return;
    const peer = choose(height + 1n);
    if (peer !== undefined) void prove(peer, height + 1n);
  }

  async function prove(peer: PeerId, height: bigint): Promise<void> {
    asked.set(height, { count: 1, peer });
    claims.asking(peer);
    // One lost packet must not cost ten seconds near the tip; who fails gets longer the next time.
    const timeoutMs = Math.min(PROOF_MS * 2 ** claims.failuresOf(peer), ANSWER_MS_MAX);
    const fetched = await fetchBlocks(host, peer, { from: height, count: 1 }, chain.blockBytesMax(), timeoutMs);
    asked.delete(height);
    claims.answered(peer, fetched.kind === "blocks");
    if (fetched.kind === "wrong") return host.ban(peer, `blocks: ${fetched.reason}`);
    if (fetched.kind === "failed") {
      const early = fetched.code === "timeout" && timeoutMs < ANSWER_MS_MAX;
      if (fetched.code !== "gone" && !early) host.penalize(peer, penalties.unkeptPromise, `blocks: ${fetched.code}`);
      return;
    }
    if (mode !== "following" || chain.height() + 1n !== height) return; // Consensus was faster.
    const bad = chain.verify(height, fetched.blocks[0]!);
    if (bad !== undefined) return host.ban(peer, `blocks: ${rejectionText(bad)}`);
    log.info("behind: fetching blocks", { height: chain.height(), claimed: claims.heightOf(peer) });
    mode = "turning";
    await consensus.pause();
    if (mode !== "turning") return;
    mode = "syncing";
    startedMs = clock.monotonicMs();
    if (chain.height() + 1n === height) waiting.set(height, { ...fetched.blocks[0]!, from: peer });
    pump();
  }

  function committed(): void {
    behindSinceMs = undefined;
    for (const height of waiting.keys()) if (height <= chain.height()) waiting.delete(height);
    // While fetching, a tick's status is enough: nobody needs our old blocks at once. So it is on a chain in a hurry.
    if (!isFetching() && clock.monotonicMs() - statusAtMs >= STATUS_GAP_MS) sendStatus();
    pump();
  }

  function sendStatus(): void {
    statusAtMs = clock.monotonicMs();
    toldHeight = chain.height();
    host.broadcast("status", ownStatus());
  }

  function tick(): void {
    const news = toldHeight !== chain.height();
    if (clock.monotonicMs() - statusAtMs >= (news ? STATUS_GAP_MS : STATUS_MS)) sendStatus();
    pump();
    tickTimer = clock.after(TICK_MS, tick);
  }

  return {
    start() {
      mode = "syncing";
      startedMs = clock.monotonicMs();
      sendStatus();
      tick();
    },
    stop() {
      mode = "stopped";
      tickTimer?.cancel();
    },
    committed,
    get syncing() {
      return mode === "syncing" || mode === "turning";
    },
    claimedHeight: () =>
      host
        .peers()
        .map(claims.heightOf)
        .reduce((a, b) => (a > b ? a : b), 0n),
  };
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
