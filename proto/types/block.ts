import { message, type Messages } from "../codec/message.js";
import { equalBytes, u64be, utf8, concat, type Bytes } from "../bytes.js";
import { sha256 } from "../crypto/hash.js";
import { merkleRoot } from "../merkle/rfc6962.js";
import { blockIdCodec, hashBytes, headerHashOf, type BlockId, type HeaderHash } from "./block-id.js";

/** Block header. */
export type Header = Messages["tributary.chain.v1.Header"];
/** Header, transactions, evidence, and the certificate of the previous height. */
export type Block = Messages["tributary.chain.v1.Block"];
/** Precommits of more than two thirds of the power for one block. */
export type Certificate = Messages["tributary.chain.v1.Certificate"];
/** A piece of evidence of one kind. */
export type Evidence = Messages["tributary.chain.v1.Evidence"];
/** Result of a transaction: code, data, gas, log and events. */
export type TxResult = Messages["tributary.chain.v1.TxResult"];
/** An event: type and attributes. */
export type ChainEvent = Messages["tributary.chain.v1.Event"];
/** Results of a block's transactions and its own events. */
export type BlockResults = Messages["tributary.chain.v1.BlockResults"];
/** Consensus parameters of a height. */
export type ConsensusParams = Messages["tributary.chain.v1.ConsensusParams"];

/** Canonical codec of `Block`. */
export const blockCodec = message("tributary.chain.v1.Block");
/** Canonical codec of `Header`. */
export const headerCodec = message("tributary.chain.v1.Header");
/** Canonical codec of `Certificate`. */
export const certificateCodec = message("tributary.chain.v1.Certificate");
/** Canonical codec of `Evidence`. */
export const evidenceCodec = message("tributary.chain.v1.Evidence");
/** Canonical codec of `BlockResults`. */
export const blockResultsCodec = message("tributary.chain.v1.BlockResults");
/** Canonical codec of `ConsensusParams`. */
export const consensusParamsCodec = message("tributary.chain.v1.ConsensusParams");
const resultLeafCodec = message("tributary.chain.v1.ResultLeaf");

/** Version of header and block; a change is a new number, activated by an upgrade. */
export const BLOCK_VERSION = 1n;

const NO_BLOCK_ID = new Uint8Array(0);
const blockIdBytes = (id: BlockId | undefined): Bytes => (id === undefined ? NO_BLOCK_ID : blockIdCodec.encode(id));

/** One row per field, in number order: the leaf is the field's number and its canonical value. */
const HEADER_FIELDS: readonly (readonly [name: keyof Header, number: number, value: (header: Header) => Bytes])[] = [
  ["version", 1, (h) => u64be(h.version)],
  ["chainId", 2, (h) => utf8(h.chainId)],
  ["height", 3, (h) => u64be(h.height)],
  ["round", 4, (h) => u64be(BigInt(h.round))],
  ["time", 5, (h) => u64be(h.time)],
  ["proposer", 6, (h) => h.proposer],
  ["lastBlockId", 7, (h) => blockIdBytes(h.lastBlockId)],
  ["lastCertificateRoot", 8, (h) => h.lastCertificateRoot],
  ["txRoot", 9, (h) => h.txRoot],
  ["stateRoot", 10, (h) => h.stateRoot],
  ["resultsRoot", 11, (h) => h.resultsRoot],
  ["validatorsRoot", 12, (h) => h.validatorsRoot],
  ["nextValidatorsRoot", 13, (h) => h.nextValidatorsRoot],
  ["prioritiesRoot", 14, (h) => h.prioritiesRoot],
  ["evidenceRoot", 15, (h) => h.evidenceRoot],
  ["paramsRoot", 16, (h) => h.paramsRoot],
  ["beaconProof", 17, (h) => h.beaconProof],
];

function headerLeaves(header: Header): Bytes[] {
  return HEADER_FIELDS.map(([, number, value]) => concat(Uint8Array.of(number), value(header)));
}

/** RFC 6962 root over the header's fields, so that any single field can be proven. */
export function headerHash(header: Header): HeaderHash {
  return headerHashOf(merkleRoot(headerLeaves(header)));
}

/**
 * Whether a header has this hash. It does not identify the block's bytes: only light clients, which have no bodies, may
 * compare headers instead of full ids (test/tidy/block-id).
 */
export function isHeaderOf(hash: HeaderHash | undefined, header: Header): boolean {
  return hash !== undefined && equalBytes(hashBytes(hash), hashBytes(headerHash(header)));
}

/** RFC 6962 root over the SHA-256 hashes of the transactions. */
export function txRoot(txs: readonly Bytes[]): Bytes {
  return merkleRoot(txs.map((tx) => sha256(tx)));
}

/** The hashed part of a result: code, data, gas wanted and gas used, as canonical bytes. */
export function resultLeaf(result: TxResult): Bytes {
  const { code, data, gasWanted, gasUsed } = result;
  return resultLeafCodec.encode({ code, data, gasWanted, gasUsed });
}

/** RFC 6962 root over the results. Log and events are not hashed: text for people never reaches consensus. */
export function resultsRoot(results: readonly TxResult[]): Bytes {
  return merkleRoot(results.map(resultLeaf));
}

/** SHA-256 of the canonical certificate; of no bytes for undefined. */
export function certificateRoot(certificate: Certificate | undefined): Bytes {
  return sha256(certificate === undefined ? new Uint8Array(0) : certificateCodec.encode(certificate));
}

/** RFC 6962 root over the canonical bytes of each piece. */
export function evidenceRoot(evidence: readonly Evidence[]): Bytes {
  return merkleRoot(evidence.map((piece) => evidenceCodec.encode(piece)));
}

/** SHA-256 of the canonical parameters. */
export function paramsRoot(params: ConsensusParams): Bytes {
  return sha256(consensusParamsCodec.encode(params));
}
