import type { Bytes } from "#proto/bytes.js";
import type { AbciAnswer, AbciQuery } from "#proto/rpc/abci.js";
import type { Rejection } from "#proto/rejection.js";
import type { EventQuery } from "#proto/rpc/query-grammar.js";
import type { Block, BlockResults, Certificate, ConsensusParams } from "#proto/types/block.js";
import type { BlockId } from "#proto/types/block-id.js";
import type { GenesisDocument } from "#proto/types/genesis.js";
import type { ValidatorSet } from "#proto/types/validators.js";
import type { Vote } from "#proto/types/vote.js";

/** The ports of the RPC, which node.ts wires. Every port hands out values that RPC may keep. */
export type Awaitable<T> = T | Promise<T>;

export interface RpcDeps {
  readonly node: NodeIdentity;
  readonly chain: RpcChain;
  readonly mempool: RpcMempool;
  readonly evidence: EvidencePort;
  readonly consensus: ConsensusPort;
  readonly peers: () => readonly PeerView[];
  readonly search: SearchPort;
  readonly events: EventsPort;
  readonly progress: ProgressPort;
  readonly log: LogPort;
  readonly metrics: RpcMetricsPort;
}

export interface ProgressPort {
  /** The process has met what it cannot go on after, and ends. */
  hasFailed(): boolean;
}

export interface NodeIdentity {
  readonly chainId: string;
  readonly moniker: string;
  /** 20 bytes of the node key, lower-case hex, as CometBFT writes node ids. */
  readonly id: string;
  /** By which other nodes dial this one: 12D3KooW... */
  readonly peerId: string;
  readonly listenAddress: string;
  readonly rpcAddress: string;
  /** Of this program, as 0.1.0. */
  readonly version: string;
  /** ed25519, 32 bytes: the consensus key, whether or not it is in the set. Undefined until a remote signer told it. */
  validatorKey(): Bytes | undefined;
  /** bech32 prefix of accounts; operator and consensus addresses are derived from it. */
  readonly addressPrefix: string;
}

export interface StoredBlock {
  readonly block: Block;
  readonly id: BlockId;
  /** Size of its canonical encoding. */
  readonly bytes: number;
}

export interface RpcChain {
  /** Highest height that is committed and indexed: who sees it may ask for all of its effects. 0 before the first. */
  latestHeight(): bigint;
  earliestHeight(): bigint;
  catchingUp(): boolean;
  readonly genesis: GenesisDocument;
  /** Undefined: not there, or pruned. The same holds for the others. */
  block(height: bigint): Awaitable<StoredBlock | undefined>;
  heightOf(blockHash: Bytes): Awaitable<bigint | undefined>;
  /** The commit that decided a height. */
  certificate(height: bigint): Awaitable<Certificate | undefined>;
  results(height: bigint): Awaitable<BlockResults | undefined>;
  /** The set that decides a height; also known for the height after the latest. */
  validators(height: bigint): Awaitable<ValidatorSet | undefined>;
  params(height: bigint): Awaitable<ConsensusParams | undefined>;
  query(query: AbciQuery): Awaitable<AbciAnswer>;
}

export interface CheckResult {
  readonly code: number;
  readonly codespace: string;
  readonly data: Bytes;
  readonly log: string;
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
}
/** Refused before any check: busy and rate say that the same may be taken later. */
export interface SubmitRefused {
  readonly refused: "duplicate" | "full" | "too_large" | "busy" | "rate";
  /** For people, with the numbers. */
  readonly log: string;
}
export interface RpcMempool {
  submit(tx: Bytes): Promise<CheckResult | SubmitRefused>;
  check(tx: Bytes): Promise<CheckResult>;
  /** Oldest first, at most `limit`; count and bytes are of the whole pool. */
  view(limit: number): { readonly count: number; readonly bytes: number; readonly txs: readonly Bytes[] };
}

export interface EvidencePort {
  /** Canonical bytes of evidence. Undefined when it was taken in, to be put into a block. */
  submit(evidence: Bytes): Promise<Rejection | undefined>;
}

/** A copy of the running round, taken between two steps: reading it never holds consensus up. */
export interface RoundView {
  readonly height: bigint;
  readonly round: number;
  /** CometBFT's numbers: 1 new height, 2 new round, 3 propose, 4 prevote, 5 prevote wait, 6 precommit, 7 precommit wait, 8 commit. */
  readonly step: number;
  /** Unix ms. */
  readonly startTime: bigint;
  readonly validators: ValidatorSet;
  readonly proposer: Bytes | undefined;
  readonly proposalHash: Bytes | undefined;
  readonly locked: { readonly round: number; readonly hash: Bytes } | undefined;
  readonly valid: { readonly round: number; readonly hash: Bytes } | undefined;
  readonly rounds: readonly {
    readonly round: number;
    readonly prevotes: readonly Vote[];
    readonly precommits: readonly Vote[];
  }[];
}
export interface ConsensusPort {
  round(): RoundView;
}

export interface PeerView {
  readonly id: string;
  readonly address: string;
  readonly outbound: boolean;
  /** This node's knowledge of the peer, for people: plain JSON values. */
  readonly state: Readonly<Record<string, string | number | boolean>>;
}

export interface TxPosition {
  readonly height: bigint;
  readonly index: number;
}
export interface SearchPage<T> {
  readonly total: number;
  readonly items: readonly T[];
}
export interface SearchWindow {
  readonly descending: boolean;
  readonly skip: number;
  readonly limit: number;
}
export interface SearchPort {
  tx(hash: Bytes): Awaitable<TxPosition | undefined>;
  /** A rejection: the query asks for more than a search may walk. */
  txs(query: EventQuery, window: SearchWindow): Awaitable<SearchPage<TxPosition> | Rejection>;
  blocks(query: EventQuery, window: SearchWindow): Awaitable<SearchPage<bigint> | Rejection>;
}

export type NodeEvent =
  | { readonly kind: "committed"; readonly height: bigint }
  | { readonly kind: "vote"; readonly vote: Vote }
  | ({ readonly kind: "round" } & RoundEvent)
  | ({ readonly kind: "new_round"; readonly proposer: { readonly address: Bytes; readonly index: number } } & AtRound)
  | ({ readonly kind: "complete_proposal"; readonly blockId: BlockId } & AtRound);

interface AtRound {
  readonly height: bigint;
  readonly round: number;
  /** CometBFT's name, such as RoundStepPropose. */
  readonly step: string;
}
/** CometBFT's events that hold nothing but where consensus stands. */
export interface RoundEvent extends AtRound {
  readonly name: "NewRoundStep" | "Polka" | "Lock" | "Relock";
}
export interface EventsPort {
  /** Listeners are called in order of height, after the height became visible. Returns how to stop. */
  listen(listener: (event: NodeEvent) => void): () => void;
}

/** A file of the explorer as it is sent. */
export interface WebPage {
  readonly status: 200;
  readonly type: `${"text/html" | "text/javascript" | "text/css" | "text/plain"}; charset=utf-8` | "image/svg+xml";
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}
export interface WebPages {
  /** Undefined for a path that is not one of them. @param acceptEncoding the header of the request */
  find(path: string, acceptEncoding: string | undefined): WebPage | undefined;
}

export interface LogPort {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Why a client lost its connection to others. */
export type DropReason = "connection_refused" | "connection_made_room" | "answer_unread" | "socket_made_room";

/** metrics.ts lists them. */
export interface RpcMetricsPort {
  request(method: string, outcome: "ok" | "error", seconds: number): void;
  sockets(open: number): void;
  slowClientDropped(): void;
  dropped(why: DropReason): void;
}
