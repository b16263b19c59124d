import type { Message } from "#consensus/types.js";
import type { Bytes } from "#proto/bytes.js";
import type { BlockId, PartSetHeader } from "#proto/types/block-id.js";
import type { ConsensusStatus } from "#proto/wire/consensus.js";
import type { Host } from "#p2p/host.js";

/** The ports of gossip, which node.ts wires. */
export interface GossipDeps {
  readonly clock: Clock;
  readonly random: { below(limit: number): number };
  readonly log: { debug(message: string, fields?: Readonly<Record<string, unknown>>): void };
  readonly host: Pick<Host, "peers" | "onPeer" | "onPeerGone" | "send" | "onFrame" | "useful" | "penalize">;
  readonly core: Core;
}

export interface Clock {
  now(): bigint;
  monotonicMs(): number;
  after(delayMs: number, fire: () => void): { cancel(): void };
}

/** The messages that consensus has, except for parts, which gossip itself knows. */
export type Summary = Omit<ConsensusStatus, "parts">;

/** valid: of a height that consensus works on, every signature checked. unknown: cannot be judged here and now. */
export type Judgement = "valid" | "invalid" | "unknown";

/** The consensus core behind the driver. Everything is synchronous: a message is judged before it is passed on. */
export interface Core {
  /** Undefined while the node does not take part (it fetches blocks, or stops): then gossip is silent. */
  summary(): Summary | undefined;
  /** Messages that consensus has and the peer lacks, most useful first, at most `limit`. */
  lacking(peer: Summary, limit: number): readonly Message[];
  /** Blocks that consensus waits for: their parts are collected, and not given up for others. */
  wanted(): readonly BlockId[];
  /** Signatures and membership, by the validators of the message's height. */
  judge(message: Message): Judgement;
  /** A valid message that is new here. `receivedTimeMs` is the wall clock at its arrival. */
  deliver(message: Message, receivedTimeMs: bigint): void;
  /**
   * All parts of a block arrived and stand under its part root; the bytes are not looked at. Told again every second
   * while the block is wanted.
   */
  assembled(height: bigint, parts: PartSetHeader, block: Bytes): void;
  /** Bound of a block at the height that consensus works on. */
  blockBytesMax(): number;
}
