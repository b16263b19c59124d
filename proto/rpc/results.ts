import type { JsonObject } from "../codec/json-text.js";
import type { GenesisDocument } from "../types/genesis.js";

/**
 * CometBFT 0.38's JSON shapes. 64-bit integers are decimal strings, hashes and addresses upper-case hex, other bytes
 * base64, times RFC 3339. Where two clients of different ages want two names for one thing, both are there.
 */
export type Int64 = string;
/** Upper-case hex. */
export type Hex = string;
/** Base64 with padding. */
export type Base64 = string;
/** RFC 3339 in UTC. */
export type Time = string;

/** A public key. */
export interface PubKeyJson {
  readonly type: "tendermint/PubKeyEd25519";
  readonly value: Base64;
}
/** A block id. */
export interface BlockIdJson {
  readonly hash: Hex;
  readonly parts: { readonly total: number; readonly hash: Hex };
}
/** A header. */
export interface HeaderJson {
  readonly version: { readonly block: Int64; readonly app: Int64 };
  readonly chain_id: string;
  readonly height: Int64;
  readonly time: Time;
  readonly last_block_id: BlockIdJson;
  readonly last_commit_hash: Hex;
  readonly data_hash: Hex;
  readonly validators_hash: Hex;
  readonly next_validators_hash: Hex;
  readonly consensus_hash: Hex;
  readonly app_hash: Hex;
  readonly last_results_hash: Hex;
  readonly evidence_hash: Hex;
  readonly proposer_address: Hex;
}
/** A precommit of a commit. */
export interface CommitSignatureJson {
  readonly block_id_flag: 1 | 2 | 3;
  readonly validator_address: Hex;
  readonly timestamp: Time;
  readonly signature: Base64 | null;
}
/** A commit certificate. */
export interface CommitJson {
  readonly height: Int64;
  readonly round: number;
  readonly block_id: BlockIdJson;
  readonly signatures: readonly CommitSignatureJson[];
}
/** A block. */
export interface BlockJson {
  readonly header: HeaderJson;
  readonly data: { readonly txs: readonly Base64[] };
  readonly evidence: { readonly evidence: readonly JsonObject[] };
  readonly last_commit: CommitJson;
}
/** Answer of block and block_by_hash. */
export interface BlockResult {
  readonly block_id: BlockIdJson;
  readonly block: BlockJson;
}
/** A block without its body. */
export interface BlockMetaJson {
  readonly block_id: BlockIdJson;
  readonly block_size: Int64;
  readonly header: HeaderJson;
  readonly num_txs: Int64;
}
/** An event. */
export interface EventJson {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string; readonly index: boolean }[];
}
/** A transaction's result. */
export interface TxResultJson {
  readonly code: number;
  readonly data: Base64 | null;
  readonly log: string;
  readonly info: string;
  readonly gas_wanted: Int64;
  readonly gas_used: Int64;
  readonly events: readonly EventJson[];
  readonly codespace: string;
}
/** A validator with its proposer priority. */
export interface ValidatorJson {
  readonly address: Hex;
  readonly pub_key: PubKeyJson;
  readonly voting_power: Int64;
  readonly proposer_priority: Int64;
}
/** A validator update. */
export interface ValidatorUpdateJson {
  readonly pub_key: {
    readonly Sum: {
      readonly type: "tendermint.crypto.PublicKey_Ed25519";
      readonly value: { readonly ed25519: Base64 };
    };
  };
  readonly power: Int64;
}
/** Consensus parameters. */
export interface ConsensusParamsJson {
  readonly block: { readonly max_bytes: Int64; readonly max_gas: Int64 };
  readonly evidence: {
    readonly max_age_num_blocks: Int64;
    readonly max_age_duration: Int64;
    readonly max_bytes: Int64;
  };
  readonly validator: { readonly pub_key_types: readonly string[] };
  readonly version: { readonly app: Int64 };
  readonly synchrony: { readonly precision: Int64; readonly message_delay: Int64 };
}
/** Merkle proof of a transaction. */
export interface TxProofJson {
  readonly root_hash: Hex;
  readonly data: Base64;
  readonly proof: {
    readonly total: Int64;
    readonly index: Int64;
    readonly leaf_hash: Base64;
    readonly aunts: readonly Base64[];
  };
}
/** A committed transaction. */
export interface TxJson {
  readonly hash: Hex;
  readonly height: Int64;
  readonly index: number;
  readonly tx_result: TxResultJson;
  readonly tx: Base64;
  readonly proof?: TxProofJson;
}
/** Identity and versions of a node. */
export interface NodeInfoJson {
  readonly protocol_version: { readonly p2p: Int64; readonly block: Int64; readonly app: Int64 };
  readonly id: string;
  readonly listen_addr: string;
  readonly network: string;
  readonly version: string;
  readonly channels: Hex;
  readonly moniker: string;
  readonly other: { readonly tx_index: "on"; readonly rpc_address: string; readonly peer_id: string };
}
/** Answer of status. */
export interface StatusResult {
  readonly node_info: NodeInfoJson;
  readonly sync_info: {
    readonly latest_block_hash: Hex;
    readonly latest_app_hash: Hex;
    readonly latest_block_height: Int64;
    readonly latest_block_time: Time;
    readonly earliest_block_hash: Hex;
    readonly earliest_app_hash: Hex;
    readonly earliest_block_height: Int64;
    readonly earliest_block_time: Time;
    readonly catching_up: boolean;
  };
  readonly validator_info: { readonly address: Hex; readonly pub_key: PubKeyJson; readonly voting_power: Int64 };
}
/** A peer in net_info. */
export interface PeerJson {
  readonly node_info: { readonly id: string; readonly listen_addr: string; readonly moniker: string };
  readonly is_outbound: boolean;
  readonly remote_ip: string;
  readonly url: string;
}
/** Proof operators of abci_query. */
export interface ProofOpsJson {
  readonly ops: readonly { readonly type: string; readonly key: Base64; readonly data: Base64 }[];
}
/** Answer of abci_query. */
export interface AbciQueryJson {
  readonly code: number;
  readonly log: string;
  readonly info: string;
  readonly index: Int64;
  readonly key: Base64 | null;
  readonly value: Base64 | null;
  readonly proofOps: ProofOpsJson | null;
  readonly height: Int64;
  readonly codespace: string;
}
/** Answer of broadcast_tx_sync and broadcast_tx_async. */
export interface BroadcastResult {
  readonly code: number;
  readonly data: Hex;
  readonly log: string;
  readonly codespace: string;
  readonly hash: Hex;
}
/** Answer of unconfirmed_txs. */
export interface PendingTxsResult {
  readonly n_txs: Int64;
  readonly total: Int64;
  readonly total_bytes: Int64;
  readonly txs: readonly Base64[] | null;
}
/** Votes of a round, in a round state. */
export interface HeightVotesJson {
  readonly round: number;
  readonly prevotes: readonly string[];
  readonly prevotes_bit_array: string;
  readonly precommits: readonly string[];
  readonly precommits_bit_array: string;
}
/** Answer of consensus_state. */
export interface RoundStateSummaryJson {
  readonly "height/round/step": string;
  readonly start_time: Time;
  readonly proposal_block_hash: Hex;
  readonly locked_block_hash: Hex;
  readonly valid_block_hash: Hex;
  readonly height_vote_set: readonly HeightVotesJson[];
  readonly proposer: { readonly address: Hex; readonly index: number };
}
/** Round state in dump_consensus_state. */
export interface RoundStateJson {
  readonly height: Int64;
  readonly round: number;
  readonly step: number;
  readonly start_time: Time;
  readonly validators: { readonly validators: readonly ValidatorJson[]; readonly proposer: ValidatorJson | null };
  readonly proposal_block_hash: Hex;
  readonly locked_round: number;
  readonly locked_block_hash: Hex;
  readonly valid_round: number;
  readonly valid_block_hash: Hex;
  readonly votes: readonly HeightVotesJson[];
}

type Empty = Readonly<Record<string, never>>;

/** The result of each method of routes.ts. */
export interface Results {
  health: Empty;
  status: StatusResult;
  net_info: {
    readonly listening: boolean;
    readonly listeners: readonly string[];
    readonly n_peers: Int64;
    readonly peers: readonly PeerJson[];
  };
  genesis: { readonly genesis: GenesisDocument };
  genesis_chunked: { readonly chunk: Int64; readonly total: Int64; readonly data: Base64 };
  blockchain: { readonly last_height: Int64; readonly block_metas: readonly BlockMetaJson[] };
  block: BlockResult;
  block_by_hash: BlockResult | { readonly block_id: BlockIdJson; readonly block: null };
  block_results: {
    readonly height: Int64;
    readonly txs_results: readonly TxResultJson[] | null;
    readonly finalize_block_events: readonly EventJson[];
    readonly begin_block_events: readonly EventJson[];
    readonly end_block_events: readonly EventJson[];
    readonly validator_updates: readonly ValidatorUpdateJson[] | null;
    readonly consensus_param_updates: ConsensusParamsJson | null;
    readonly app_hash: Base64 | null;
  };
  header: { readonly header: HeaderJson };
  header_by_hash: { readonly header: HeaderJson | null };
  commit: {
    readonly signed_header: { readonly header: HeaderJson; readonly commit: CommitJson };
    readonly canonical: boolean;
  };
  validators: {
    readonly block_height: Int64;
    readonly validators: readonly ValidatorJson[];
    readonly count: Int64;
    readonly total: Int64;
  };
  consensus_params: { readonly block_height: Int64; readonly consensus_params: ConsensusParamsJson };
  consensus_state: { readonly round_state: RoundStateSummaryJson };
  dump_consensus_state: {
    readonly round_state: RoundStateJson;
    readonly peers: readonly { readonly node_address: string; readonly peer_state: JsonObject }[];
  };
  unconfirmed_txs: PendingTxsResult;
  num_unconfirmed_txs: PendingTxsResult;
  check_tx: TxResultJson;
  broadcast_tx_sync: BroadcastResult;
  broadcast_tx_async: BroadcastResult;
  broadcast_tx_commit: {
    readonly check_tx: TxResultJson;
    readonly tx_result: TxResultJson;
    readonly deliver_tx: TxResultJson;
    readonly hash: Hex;
    readonly height: Int64;
  };
  broadcast_evidence: { readonly hash: Hex };
  tx: TxJson;
  tx_search: { readonly txs: readonly TxJson[]; readonly total_count: Int64 };
  block_search: { readonly blocks: readonly BlockResult[]; readonly total_count: Int64 };
  abci_info: {
    readonly response: {
      readonly data: string;
      readonly version: string;
      readonly app_version: Int64;
      readonly last_block_height: Int64;
      readonly last_block_app_hash: Base64;
    };
  };
  abci_query: { readonly response: AbciQueryJson };
  light_block: {
    readonly height: Int64;
    readonly header: Base64;
    readonly certificate: Base64;
    readonly validators: Base64;
  };
  raw_block: { readonly height: Int64; readonly block: Base64; readonly certificate: Base64; readonly results: Base64 };
  subscribe: Empty;
  unsubscribe: Empty;
  unsubscribe_all: Empty;
}
