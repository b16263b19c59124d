import type { Messages } from "../codec/message.js";
import { message } from "../codec/message.js";
import { equalBytes, u64be, utf8, concat, type Bytes } from "../bytes.js";
import { sha256 } from "../crypto/hash.js";
import { merkleProofs, merkleRoot, type MerkleProof } from "../merkle/rfc6962.js";
import { blockIdCodec, hashBytes, headerHashOf, type BlockId, type HeaderHash } from "./block-id.js";

export type Header = Messages["tributary.chain.v1.Header"];
export type Block = Messages["tributary.chain.v1.Block"];
export type Certificate = Messages["tributary.chain.v1.Certificate"];
export type Evidence = Messages["tributary.chain.v1.Evidence"];
export type TxResult = Messages["tributary.chain.v1.TxResult"];
export type ChainEvent = Messages["tributary.chain.v1.Event"];
export type BlockResults = Messages["tributary.chain.v1.BlockResults"];
export type ConsensusParams = Messages["tributary.chain.v1.ConsensusParams"];

export const blockCodec = message("tributary.chain.v1.Block");
export const headerCodec = message("tributary.chain.v1.Header");
export const certificateCodec = message("tributary.chain.v1.Certificate");
export const evidenceCodec = message("tributary.chain.v1.Evidence");
export const blockResultsCodec = message("tributary.chain.v1.BlockResults");
export const consensusParamsCodec = message("tributary.chain.v1.ConsensusParams");
const resultLeafCodec = message("tributary.chain.v1.ResultLeaf");

/** Version of header and block; a change is a new number, activated by an upgrade. */
export const BLOCK_VERSION = 1n;

const NO_BLOCK_ID = new Uint8Array(0);
const blockIdBytes = (id: BlockId | undefined): Bytes => (id === undefined ? NO_BLOCK_ID : blockIdCodec.encode(id));

/** One row a field, in number order: the leaf is the field's number and its canonical value. */
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

/** RFC 6962 root over the header's fields, so that any one field is provable alone. */
export function headerHash(header: Header): HeaderHash {
  return headerHashOf(merkleRoot(headerLeaves(header)));
}

/**
 * Whether this is the header of that hash. It says nothing of a block's bytes: for a stranger who has headers only, who
 * compares whole ids beside it (test/tidy/block-id).
 */
export function isHeaderOf(hash: HeaderHash | undefined, header: Header): boolean {
  return hash !== undefined && equalBytes(hashBytes(hash), hashBytes(headerHash(header)));
}

/** Leaf bytes and proof of one header field under the header's hash. */
export function headerFieldProof(header: Header, field: keyof Header): { leaf: Bytes; proof: MerkleProof } {
  const leaves = headerLeaves(header);
  const at = HEADER_FIELDS.findIndex(([name]) => name === field);
  return { leaf: leaves[at]!, proof: merkleProofs(leaves).proofs[at]! };
}

/** Transactions under RFC 6962; a leaf is the transaction's SHA-256. */
export function txRoot(txs: readonly Bytes[]): Bytes {
  return merkleRoot(txs.map((tx) => sha256(tx)));
}

export function resultLeaf(result: TxResult): Bytes {
  const { code, data, gasWanted, gasUsed } = result;
  return resultLeafCodec.encode({ code, data, gasWanted, gasUsed });
}

/** Of a result only code, data and gas are hashed: words for people never reach consensus. */
export function resultsRoot(results: readonly TxResult[]): Bytes {
  return merkleRoot(results.map(resultLeaf));
}

export function certificateRoot(certificate: Certificate | undefined): Bytes {
  return sha256(certificate === undefined ? new Uint8Array(0) : certificateCodec.encode(certificate));
}

export function evidenceRoot(evidence: readonly Evidence[]): Bytes {
  return merkleRoot(evidence.map((piece) => evidenceCodec.encode(piece)));
}

export function paramsRoot(params: ConsensusParams): Bytes {
  return sha256(consensusParamsCodec.encode(params));
}
