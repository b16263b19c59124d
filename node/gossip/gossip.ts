import { isDecided } from "#consensus/knowledge.js";
import type { Message } from "#consensus/types.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import type { PartSetHeader } from "#proto/types/block-id.js";
import type { BlockPart } from "#proto/types/parts.js";
import { decodeConsensusFrame, encodeConsensusFrame, NEIGHBOURS_MAX } from "#proto/wire/consensus.js";
import type { PeerId } from "#p2p/host.js";
import { penalties } from "#p2p/peers/score.js";
import { answerStatus } from "./answer.js";
import { Blocks } from "./blocks.js";
import type { GossipDeps } from "./deps.js";
import { EarlyJudging } from "./early-judging.js";
import { toMessage } from "./frames.js";
import { Messages } from "./messages.js";
import { createPartSets } from "./part-sets.js";
import { PROTOCOL, Relay } from "./relay.js";

/** Often enough that a lost vote costs less than a step's timeout, rarely enough to be nothing beside the votes. */
export const STATUS_MS = 200;
/** Of a height that is decided a node lacks nothing that the next one cannot do without: it tells so once in so many times. */
const DECIDED_EVERY = 5;

/**
 * Carries consensus messages over direct streams. What is new and valid goes on to every peer that has not got it from
 * where we have it; a status five times a second, while a height is not decided, lets peers send what somebody lacks, so
 * nothing hangs on one delivery.
 */
export class ConsensusGossip {
  readonly #deps: GossipDeps;
  readonly #relay: Relay;
  readonly #sets = createPartSets();
  readonly #early: EarlyJudging;
  readonly #messages: Messages;
  readonly #blocks: Blocks;
  #timer: { cancel(): void } | undefined;
  /** Turns of the clock since the height was decided. */
  #decidedTicks = 0;

  constructor(deps: GossipDeps) {
    this.#deps = deps;
    this.#relay = new Relay(deps);
    this.#early = new EarlyJudging(deps.clock, (peer, bytes) => this.#onFrame(peer, bytes));
    this.#messages = new Messages(deps, this.#relay, this.#sets, this.#early);
    this.#blocks = new Blocks(deps, this.#relay, this.#sets, this.#early);
    deps.host.onFrame(PROTOCOL, (peer, bytes) => this.#onFrame(peer, bytes));
    deps.host.onPeer((peer) => {
      if (this.#timer === undefined) return;
      this.#sendNeighbours();
      this.#sendStatus([peer]);
    });
    deps.host.onPeerGone((peer) => {
      this.#relay.forget(peer);
      this.#early.forget(peer);
      if (this.#timer !== undefined) this.#sendNeighbours();
    });
  }

  start(): void {
    this.#sendNeighbours();
    this.#tick();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Sends our own message to everybody, and after a fresh proposal its block, which is held. */
  publish(message: Message): void {
    this.#messages.publish(message);
    if (message.kind !== "proposal" || message.proposal.polRound !== -1) return;
    const parts = message.proposal.blockId?.parts;
    if (parts !== undefined) this.#blocks.publish(parts);
  }

  /** A block that this node has whole: built here, or restored after a start. Its parts are sent to the peers that lack them. */
  hold(height: bigint, header: PartSetHeader, parts: readonly BlockPart[]): void {
    this.#sets.hold(height, header, parts);
  }

  /** The bytes of a block whose parts are all here. */
  blockBytes(header: PartSetHeader): Bytes | undefined {
    return this.#sets.bytes(header);
  }

  /** Consensus works on this height from now on. */
  heightStarted(height: bigint): void {
    this.#messages.dropBelow(height - 1n);
    this.#blocks.dropBelow(height - 1n);
    this.#early.heightStarted(height);
    if (this.#timer !== undefined) this.#sendStatus();
  }

  #onFrame(peer: PeerId, bytes: Bytes): void {
    const frame = decodeConsensusFrame(bytes);
    if (isRejection(frame)) {
      return this.#deps.host.penalize(peer, penalties.malformedBytes, `consensus: ${rejectionText(frame)}`);
    }
    switch (frame.kind) {
      case "status":
        this.#relay.viewOf(peer).status = frame.value;
        return answerStatus(this.#deps, this.#relay, this.#sets, peer, frame.value);
      case "neighbours":
        this.#relay.viewOf(peer).neighbours = new Set(frame.value.peers);
        return;
      case "part":
        if (this.#blocks.receive(peer, frame.value, bytes)) this.#sendStatus(); // So that peers stop sending parts of it.
        return;
      case "proposal":
      case "vote":
      case "polka":
      case "round":
      case "commit":
        return this.#messages.receive(peer, toMessage(frame), bytes);
    }
  }

  #sendStatus(peers: readonly PeerId[] = this.#deps.host.peers()): void {
    const now = this.#deps.core.summary();
    if (now === undefined) return;
    this.#blocks.collectWanted(now.height);
    const bytes = encodeConsensusFrame({ kind: "status", value: { ...now, parts: this.#sets.knowledge() } });
    for (const peer of peers) this.#relay.send(peer, bytes);
  }

  #rests(): boolean {
    const now = this.#deps.core.summary();
    const decided = now !== undefined && isDecided(now);
    this.#decidedTicks = decided ? this.#decidedTicks + 1 : 0;
    return decided && this.#decidedTicks % DECIDED_EVERY !== 1;
  }

  #sendNeighbours(): void {
    const peers = this.#deps.host.peers();
    const value = { peers: peers.slice(0, NEIGHBOURS_MAX) };
    const bytes = encodeConsensusFrame({ kind: "neighbours", value });
    for (const peer of peers) this.#relay.send(peer, bytes);
  }

  #tick(): void {
    this.#messages.release();
    if (!this.#rests()) this.#sendStatus();
    this.#timer = this.#deps.clock.after(STATUS_MS, () => this.#tick());
  }
}
