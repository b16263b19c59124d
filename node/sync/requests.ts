import { BLOCKS_PER_QUESTION_MAX } from "#proto/wire/blocks.js";
import type { PeerId } from "#p2p/host.js";
import type { SyncDeps } from "./deps.js";
import { ANSWER_MS_MAX, fetchBlocks, type Fetched } from "./fetch.js";
import { nextRange, type Question } from "./questions.js";
import type { SyncState } from "./state.js";

/** Questions for ranges under way at once: each may bring 2 MiB. */
const RANGES_MAX = 4;
const RANGES_PER_PEER_MAX = 2;
/** Peers asked for the next block at once, and again each HEDGE_MS, so that no peer can withhold it. */
const NEXT_AT_ONCE = 2;
const NEXT_MAX = 8;
const HEDGE_MS = 500;
/** While ranges come, the one that holds the next block has this long before somebody else is asked for it too. */
const HEDGE_RANGE_MS = 2_000;
/** For the first question to a peer; who fails gets longer the next time. */
const PROOF_MS = 2_500;

type RequestDeps = Pick<SyncDeps, "clock" | "random" | "host" | "chain">;

/** Chooses which peer is asked for which blocks, and asks. */
export class Requests {
  readonly #deps: RequestDeps;
  readonly #state: SyncState;
  readonly #onAnswer: (question: Question, fetched: Fetched) => void;

  /** @param onAnswer not called once sync has stopped */
  constructor(deps: RequestDeps, state: SyncState, onAnswer: (question: Question, fetched: Fetched) => void) {
    this.#deps = deps;
    this.#state = state;
    this.#onAnswer = onAnswer;
  }

  /** Of several peers at once, so that none can hold it back; who has delivered before goes first. */
  askForNext(): void {
    const { claims, inHand, questions, phase, applying } = this.#state;
    const { chain, clock } = this.#deps;
    const next = (applying?.height ?? chain.height()) + 1n;
    if (inHand.has(next)) return;
    const open = questions.for(next);
    const hedgeMs = phase === "fetching" ? HEDGE_RANGE_MS : HEDGE_MS;
    if (open.length >= NEXT_MAX || open.some(({ sinceMs }) => clock.monotonicMs() - sinceMs < hedgeMs)) return;
    const holders = claims.holders(next).filter((peer) => !open.some((question) => question.peer === peer));
    const [best] = holders;
    if (best === undefined) return;
    if (phase === "fetching" && claims.isProven(best)) {
      const last = claims.heightOf(best) - next + 1n;
      const most = BigInt(BLOCKS_PER_QUESTION_MAX);
      return void this.#ask(best, next, Number(last < most ? last : most));
    }
    for (const peer of this.#drawn(this.#preferred(holders), NEXT_AT_ONCE)) void this.#ask(peer, next, 1);
  }

  askForRanges(): void {
    const { inHand, questions, applying } = this.#state;
    const isHere = (height: bigint): boolean => inHand.has(height) || applying?.height === height;
    while (questions.size < RANGES_MAX && !inHand.isFull) {
      const wanted = nextRange(this.#deps.chain.height(), questions, isHere, (height) => this.#holderOf(height));
      if (wanted === undefined) return;
      void this.#ask(wanted.peer, wanted.from, wanted.count);
    }
  }

  /** Strangers may come in; the peers that this node was told to dial go first. */
  #preferred(holders: readonly PeerId[]): readonly PeerId[] {
    const links = this.#deps.host.peerInfo();
    const dialled = new Set(links.flatMap(({ id, direction }) => (direction === "outbound" ? [id] : [])));
    const some = holders.filter((peer) => this.#state.claims.isProven(peer) || dialled.has(peer));
    return some.length > 0 ? some : holders;
  }

  /** The least busy of the peers that have delivered. */
  #holderOf(height: bigint): { peer: PeerId; height: bigint } | undefined {
    const { claims, questions } = this.#state;
    const free = claims
      .holders(height)
      .filter((peer) => claims.isProven(peer) && questions.countTo(peer) < RANGES_PER_PEER_MAX);
    const least = Math.min(...free.map((peer) => questions.countTo(peer)));
    const idle = free.filter((peer) => questions.countTo(peer) === least);
    const [peer] = this.#drawn(idle, 1);
    return peer === undefined ? undefined : { peer, height: claims.heightOf(peer) };
  }

  #drawn(peers: readonly PeerId[], most: number): PeerId[] {
    const left = [...peers];
    const draw = (): PeerId => left.splice(this.#deps.random.below(left.length), 1)[0]!;
    return Array.from({ length: Math.min(most, left.length) }, draw);
  }

  async #ask(peer: PeerId, from: bigint, count: number): Promise<void> {
    const { host, clock, chain } = this.#deps;
    const { claims, questions } = this.#state;
    const pace = claims.paceOf(peer);
    if (pace === undefined) return;
    const question: Question = { peer, from, count, sinceMs: clock.monotonicMs() };
    questions.add(question);
    const blockBytesMax = chain.blockBytesMax();
    // One lost packet must not cost ten seconds near the tip.
    const firstMs = claims.isProven(peer) ? ANSWER_MS_MAX : PROOF_MS * 2 ** claims.failuresOf(peer);
    const timeoutMs = Math.min(firstMs, ANSWER_MS_MAX);
    const fetched = await fetchBlocks(host, clock, pace, { peer, from, count, blockBytesMax, timeoutMs });
    questions.delete(question);
    if (this.#state.phase !== "stopped") this.#onAnswer(question, fetched);
  }
}
