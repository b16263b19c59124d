import { toBase64 } from "../base64.js";
import { toHex, type Bytes } from "../bytes.js";
import { sha256 } from "../crypto/hash.js";
import { leafHash, merkleProofs } from "../merkle/rfc6962.js";
import { formatRfc3339 } from "../time.js";
import type {
  Block,
  BlockResults,
  Certificate,
  ChainEvent,
  ConsensusParams,
  Header,
  TxResult,
} from "../types/block.js";
import { hashBytes, type BlockId } from "../types/block-id.js";
import type { Member, Validator, ValidatorSet } from "../types/validators.js";
import type {
  BlockIdJson,
  BlockMetaJson,
  CommitJson,
  CommitSignatureJson,
  ConsensusParamsJson,
  EventJson,
  HeaderJson,
  PubKeyJson,
  Results,
  TxJson,
  TxProofJson,
  TxResultJson,
  ValidatorJson,
  ValidatorUpdateJson,
} from "./results.js";

/** Our types in CometBFT 0.38's JSON. A projection: the hash in `block_id` is of our own header (design D2, D3). */

/** Version numbers of CometBFT 0.38, by which clients choose decoders. */
const COMET_BLOCK_PROTOCOL = "11";
const ZERO_TIME = "0001-01-01T00:00:00Z";
const NANOS_PER_MS = 1_000_000n;
const FLAG = { absent: 1, commit: 2 } as const;

/** Upper-case hex, as CometBFT writes hashes and addresses. */
export const upperHex = (bytes: Bytes): string => toHex(bytes).toUpperCase();
/** Go writes an empty byte slice of an ABCI result as null. */
export const base64OrNull = (bytes: Bytes): string | null => (bytes.length === 0 ? null : toBase64(bytes));
/** SHA-256 of a transaction's bytes. */
export const txHash = (tx: Bytes): Bytes => sha256(tx);

const NO_PARTS = { total: 0, hash: "" } as const;
/** Nil as CometBFT writes it. */
export const NO_BLOCK_ID: BlockIdJson = { hash: "", parts: NO_PARTS };

/** A block id; nil for undefined. */
export function blockIdJson(id: BlockId | undefined): BlockIdJson {
  if (id === undefined) return NO_BLOCK_ID;
  return {
    hash: upperHex(hashBytes(id.hash)),
    parts: id.parts === undefined ? NO_PARTS : { total: id.parts.total, hash: upperHex(hashBytes(id.parts.hash)) },
  };
}

/** A header in CometBFT's form. Round, priorities root and beacon proof have no place in it and are omitted. */
export function headerJson(header: Header): HeaderJson {
  return {
    version: { block: COMET_BLOCK_PROTOCOL, app: String(header.version) },
    chain_id: header.chainId,
    height: String(header.height),
    time: formatRfc3339(header.time),
    last_block_id: blockIdJson(header.lastBlockId),
    last_commit_hash: upperHex(header.lastCertificateRoot),
    data_hash: upperHex(header.txRoot),
    validators_hash: upperHex(header.validatorsRoot),
    next_validators_hash: upperHex(header.nextValidatorsRoot),
    consensus_hash: upperHex(header.paramsRoot),
    app_hash: upperHex(header.stateRoot),
    last_results_hash: upperHex(header.resultsRoot),
    evidence_hash: upperHex(header.evidenceRoot),
    proposer_address: upperHex(header.proposer),
  };
}

const ABSENT: CommitSignatureJson = {
  block_id_flag: FLAG.absent,
  validator_address: "",
  timestamp: ZERO_TIME,
  signature: null,
};

/**
 * One entry a validator, as CometBFT: who did not sign is absent. Our votes carry no timestamp, so all show the time of
 * the block they decided. Without the set of that height (pruned) only those who signed are shown.
 */
export function commitJson(
  certificate: Certificate,
  validators: ValidatorSet | undefined,
  blockTime: bigint,
): CommitJson {
  const timestamp = formatRfc3339(blockTime);
  const signatures: CommitSignatureJson[] = (validators?.members ?? []).map(() => ABSENT);
  for (const { index, validator, signature } of certificate.signatures) {
    const entry: CommitSignatureJson = {
      block_id_flag: FLAG.commit,
      validator_address: upperHex(validator),
      timestamp,
      signature: toBase64(signature),
    };
    if (index < signatures.length) signatures[index] = entry;
    else signatures.push(entry);
  }
  return {
    height: String(certificate.height),
    round: certificate.round,
    block_id: blockIdJson(certificate.blockId),
    signatures,
  };
}

/** Block id, size in bytes, header and number of transactions. */
export function blockMetaJson(block: Block, header: Header, id: BlockId, bytes: number): BlockMetaJson {
  return {
    block_id: blockIdJson(id),
    block_size: String(bytes),
    header: headerJson(header),
    num_txs: String(block.txs.length),
  };
}

/** An ed25519 key of 32 bytes. */
export const pubKeyJson = (key: Bytes): PubKeyJson => ({ type: "tendermint/PubKeyEd25519", value: toBase64(key) });

/** A validator with its proposer priority. */
export function validatorJson({ address, pubKey, power, priority }: Member): ValidatorJson {
  return {
    address: upperHex(address),
    pub_key: pubKeyJson(pubKey),
    voting_power: String(power),
    proposer_priority: String(priority),
  };
}

/** A validator update; power 0 removes. */
export function validatorUpdateJson({ pubKey, power }: Validator): ValidatorUpdateJson {
  return {
    pub_key: { Sum: { type: "tendermint.crypto.PublicKey_Ed25519", value: { ed25519: toBase64(pubKey) } } },
    power: String(power),
  };
}

/** An event with indexed attributes. */
export function eventJson({ type, attributes }: ChainEvent): EventJson {
  return { type, attributes: attributes.map(({ key, value }) => ({ key, value, index: true })) };
}

/** A transaction's result in CometBFT's form. */
export function txResultJson(result: TxResult): TxResultJson {
  return {
    code: result.code,
    data: base64OrNull(result.data),
    log: result.log,
    info: "",
    gas_wanted: String(result.gasWanted),
    gas_used: String(result.gasUsed),
    events: result.events.map(eventJson),
    codespace: result.codespace,
  };
}

/** Results of a block. */
export function blockResultsJson(results: BlockResults): Results["block_results"] {
  return {
    height: String(results.height),
    txs_results: results.txResults.length === 0 ? null : results.txResults.map(txResultJson),
    finalize_block_events: results.blockEvents.map(eventJson),
    begin_block_events: [],
    end_block_events: [],
    validator_updates: results.validatorUpdates.length === 0 ? null : results.validatorUpdates.map(validatorUpdateJson),
    consensus_param_updates: null,
    app_hash: null,
  };
}

/** Consensus parameters in CometBFT's form. */
export function paramsJson(params: ConsensusParams, appVersion: bigint): ConsensusParamsJson {
  return {
    block: { max_bytes: String(params.blockBytesMax), max_gas: String(params.blockGasMax) },
    evidence: {
      max_age_num_blocks: String(params.evidenceAgeBlocksMax),
      max_age_duration: String(params.evidenceAgeMsMax * NANOS_PER_MS),
      max_bytes: String(params.evidenceBytesMax),
    },
    validator: { pub_key_types: ["ed25519"] },
    version: { app: String(appVersion) },
    synchrony: {
      precision: String(params.precisionMs * NANOS_PER_MS),
      message_delay: String(params.messageDelayMs * NANOS_PER_MS),
    },
  };
}

/** The leaf of the tx tree is the transaction's SHA-256 (RFC 6962), as in CometBFT. */
export function txProofJson(txs: readonly Bytes[], index: number): TxProofJson {
  const leaves = txs.map((tx) => sha256(tx));
  const { root, proofs } = merkleProofs(leaves);
  const proof = proofs[index]!;
  return {
    root_hash: upperHex(root),
    data: toBase64(txs[index]!),
    proof: {
      total: String(proof.total),
      index: String(proof.index),
      leaf_hash: toBase64(leafHash(leaves[index]!)),
      aunts: proof.aunts.map(toBase64),
    },
  };
}

/** A transaction and its result. @param prove with the Merkle proof of the transaction under the header's tx root */
export function txJson(block: Block, height: bigint, index: number, result: TxResult, prove: boolean): TxJson {
  const tx = block.txs[index]!;
  const body = {
    hash: upperHex(txHash(tx)),
    height: String(height),
    index,
    tx_result: txResultJson(result),
    tx: toBase64(tx),
  };
  return prove ? { ...body, proof: txProofJson(block.txs, index) } : body;
}
