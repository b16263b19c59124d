import { BoundedSet } from "#proto/bounded.js";
import type { Message } from "#consensus/types.js";
import type { Bytes } from "#proto/bytes.js";
import type { PartSetHeader } from "#proto/types/block-id.js";
import { encodeConsensusFrame } from "#proto/wire/consensus.js";
import type { PeerId } from "#p2p/host.js";
import { penalties } from "#p2p/peers/score.js";
import type { GossipDeps, Summary } from "./deps.js";
import type { EarlyJudging } from "./early-judging.js";
import { frameKey, toFrame } from "./frames.js";
import { createMessageLimiter, isFar, statementOf } from "./message-limiter.js";
import { createObservedSigners } from "./observed-signers.js";
import type { PartSets } from "./part-sets.js";
import type { Relay } from "./relay.js";

const SEEN_MAX = 32_768;

/** Proposals, votes and certificates: each is judged once, delivered to consensus and relayed. */
export class Messages {
  readonly #deps: GossipDeps;
  readonly #relay: Relay;
  readonly #sets: PartSets;
  readonly #early: EarlyJudging;
  readonly #seen = new BoundedSet<string>(SEEN_MAX);
  /** The same for rounds far beyond ours, while ours lasts: in a later one the same message may count. */
  #seenFar = { from: "", keys: new BoundedSet<string>(SEEN_MAX) };
  readonly #limiter = createMessageLimiter();
  readonly #signers = createObservedSigners();

  constructor(deps: GossipDeps, relay: Relay, sets: PartSets, early: EarlyJudging) {
    this.#deps = deps;
    this.#relay = relay;
    this.#sets = sets;
    this.#early = early;
  }

  /** Our own message. */
  publish(message: Message): void {
    const named = partsNamed(message);
    if (named !== undefined) this.#sets.open(named.height, named.header, this.#deps.core.blockBytesMax());
    const bytes = encodeConsensusFrame(toFrame(message));
    const key = frameKey(bytes);
    this.#seen.add(key);
    this.#relay.spread(bytes, key);
  }

  receive(peer: PeerId, message: Message, bytes: Bytes): void {
    const { core, host } = this.#deps;
    const now = core.summary();
    if (now === undefined) return;
    const key = frameKey(bytes);
    this.#relay.viewOf(peer).has.add(key);
    if (this.#isSeen(key, now)) return;
    const certificate = "certificate" in message ? message : undefined;
    if (certificate !== undefined && this.#signers.isKnownSubset(certificate)) return;
    const judgement = core.judge(message);
    if (judgement === "unknown") return this.#early.keep(peer, heightOf(message), bytes, now.height);
    if (judgement === "invalid") {
      return host.penalize(peer, penalties.badSignature, `consensus: a ${message.kind} that is not valid`);
    }
    if (!this.#openParts(peer, message, now)) return;
    if (certificate !== undefined) this.#signers.observe(certificate);
    this.#accept(peer, message, bytes, key, now);
  }

  #isSeen(key: string, { height, round }: Summary): boolean {
    const from = `${height}/${round}`;
    if (this.#seenFar.from !== from) this.#seenFar = { from, keys: new BoundedSet<string>(SEEN_MAX) };
    return this.#seen.has(key) || this.#seenFar.keys.has(key);
  }

  /** False when the message names a block with more parts than one may have. */
  #openParts(peer: PeerId, message: Message, now: Summary): boolean {
    const { core, host } = this.#deps;
    const named = partsNamed(message);
    if (named === undefined || this.#sets.open(named.height, named.header, core.blockBytesMax())) return true;
    // At another height another size may hold, and a certificate is not its bringer's word.
    if (message.kind === "proposal" && named.height === now.height) {
      host.penalize(peer, penalties.malformedBytes, `consensus: a block of ${named.header.total} parts`);
    }
    return false;
  }

  #accept(peer: PeerId, message: Message, bytes: Bytes, key: string, now: Summary): void {
    const { clock, core, host } = this.#deps;
    const receivedTimeMs = clock.now();
    const statement = statementOf(message);
    const round = statement?.height === now.height ? now.round : 0;
    (statement !== undefined && isFar(statement.round, round) ? this.#seenFar.keys : this.#seen).add(key);
    // Certificates travel by answers to a status, one hop each: every node makes its own, and all would be relayed.
    if (statement === undefined) return core.deliver(message, receivedTimeMs);
    host.useful(peer);
    this.#limiter.take(statement, round, clock.monotonicMs(), () => {
      core.deliver(message, receivedTimeMs);
      this.#relay.spread(bytes, key, peer);
    });
  }

  /** Messages that the limiter has held back long enough. */
  release(): void {
    if (this.#deps.core.summary() !== undefined) this.#limiter.release(this.#deps.clock.monotonicMs());
  }

  dropBelow(height: bigint): void {
    this.#limiter.dropBelow(height);
    this.#signers.dropBelow(height);
  }
}

function heightOf(message: Message): bigint {
  if (message.kind === "vote") return message.vote.height;
  return message.kind === "proposal" ? message.proposal.height : message.certificate.height;
}

/** The part set that a judged message lets in. A polka's too: its block may be needed to follow a lock (T21). */
function partsNamed(message: Message): { height: bigint; header: PartSetHeader } | undefined {
  if (message.kind === "vote" || message.kind === "round") return undefined;
  const { height, blockId } = message.kind === "proposal" ? message.proposal : message.certificate;
  return blockId?.parts === undefined ? undefined : { height, header: blockId.parts };
}
