import type { Bytes } from "#proto/bytes.js";
import type { Rejection } from "#proto/rejection.js";
import type { Host } from "#p2p/host.js";

/** The ports of block sync, which node.ts wires. */
export interface SyncDeps {
  readonly clock: Clock;
  readonly random: { below(limit: number): number };
  readonly log: Log;
  readonly host: Pick<
    Host,
    | "peers"
    | "peerInfo"
    | "onPeer"
    | "onPeerGone"
    | "send"
    | "broadcast"
    | "onFrame"
    | "request"
    | "serve"
    | "penalize"
    | "ban"
  >;
  readonly chain: Chain;
  readonly consensus: Consensus;
}

export interface Clock {
  monotonicMs(): number;
  after(delayMs: number, fire: () => void): { cancel(): void };
}

export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface DecidedBlock {
  readonly block: Bytes;
  /** tributary.chain.v1.Certificate */
  readonly certificate: Bytes;
}

export interface Chain {
  /** Last committed height; 0 after genesis. */
  height(): bigint;
  /** Lowest height whose block is kept; above height() if no block is kept. */
  base(): bigint;
  blockAt(height: bigint): DecidedBlock | undefined;
  /** Largest block that the next height allows. */
  blockBytesMax(): number;
  /** Whether this is the block of height() + 1: certificate by that height's validators, block under its id. */
  verify(height: bigint, decided: DecidedBlock): Rejection | undefined;
  /** Executes and commits a verified block, height() + 1. A failure is fatal: it never comes back as a result. */
  apply(height: bigint, decided: DecidedBlock): Promise<void>;
}

/** Blocks are committed by consensus or by sync, never by both at the same time (P8). */
export interface Consensus {
  /** Whether it can run: until its signer has told its key, sync alone follows the chain. */
  isReady(): boolean;
  /** Whether this node decides blocks with its own power and need not wait for others. */
  sufficesAlone(): boolean;
  /** Resolves when nothing of consensus is under way: it signs and commits nothing until `resume`. */
  pause(): Promise<void>;
  /** Consensus goes on at chain.height() + 1. */
  resume(): void;
}
