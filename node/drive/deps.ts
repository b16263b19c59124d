import type { Input, Message, State, Timeouts, Misbehaviour } from "#consensus/types.js";
import type { Bytes } from "#proto/bytes.js";
import type { BlockPart } from "#proto/types/parts.js";
import type { PartSetHeader } from "#proto/types/block-id.js";
import type { ChainPort, Committed } from "../chain/types.js";
import type { Signer } from "../signer/signer.js";

/** The ports that the drive needs. node.ts wires them; the simulation wires its own clock, disk and network. */
export interface DriveDeps {
  readonly chainId: string;
  readonly chain: ChainPort;
  readonly wal: WalPort;
  readonly gossip: GossipPort;
  readonly mempool: MempoolPort;
  readonly evidence: EvidencePort;
  readonly clock: Clock;
  readonly log: Log;
  /** Undefined: this node follows and never signs. Its key is known by the first `resume`. */
  readonly signer: Signer | undefined;
  readonly timeouts: Timeouts;
  /** From the start of one height to the start of the next, when nothing is slow. */
  readonly blockIntervalMs: number;
  /** The height is on disk. Awaited before the next height starts, so that a client that waited for a tx sees its effects. */
  onCommitted(committed: Committed): Promise<void>;
  /** Something failed that this node cannot go on after. Called once. */
  onFault(error: unknown): void;
}

/** One input, and what it made of the state. */
export interface Taken {
  readonly input: Input;
  readonly before: State;
  readonly after: State;
}

/** node/storage/files/wal.ts */
export interface WalPort {
  read(height: bigint): Promise<Bytes[]>;
  begin(height: bigint): Promise<void>;
  append(record: Bytes): void;
  /** Everything appended so far lasts. */
  flush(): Promise<void>;
  drop(below: bigint): Promise<void>;
}

export interface GossipPort {
  publish(message: Message): void;
  hold(height: bigint, header: PartSetHeader, parts: readonly BlockPart[]): void;
  heightStarted(height: bigint): void;
}

export interface MempoolPort {
  reap(bytesMax: number, gasMax: bigint): Bytes[];
  update(committed: readonly Bytes[]): Promise<void>;
  drop(txs: readonly Bytes[]): void;
}

export interface EvidencePort {
  /** Resolves when it will not be forgotten: the log that could report it again goes with its height. */
  report(evidence: Misbehaviour): Promise<void>;
  reap(bytesMax: number): Bytes[];
}

export interface Clock {
  now(): bigint;
  monotonicMs(): number;
  after(delayMs: number, fire: () => void): { cancel(): void };
}

export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
