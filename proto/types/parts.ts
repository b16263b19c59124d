import { assert } from "../assert.js";
import type { Messages } from "../codec/message.js";
import { concat, type Bytes } from "../bytes.js";
import { PART_BYTES } from "../limits.js";
import { AUNTS_MAX, merkleProofs, merkleRoot, verifyMerkle } from "../merkle/rfc6962.js";
import { hashBytes, partsRootOf, type BlockId, type PartSetHeader } from "./block-id.js";
import { blockCodec, headerHash, type Block, type Header } from "./block.js";

/** A part of a block's bytes with its proof. */
export type BlockPart = Messages["tributary.chain.v1.BlockPart"];

/** Splits bytes into parts of PART_BYTES (the last may be shorter), with RFC 6962 proofs under one root. */
export function splitParts(bytes: Bytes): { header: PartSetHeader; parts: BlockPart[] } {
  const chunks: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += PART_BYTES) chunks.push(bytes.slice(at, at + PART_BYTES));
  const { root, proofs } = merkleProofs(chunks);
  const parts = chunks.map((chunk, index) => ({ index, bytes: chunk, aunts: [...proofs[index]!.aunts] }));
  return { header: { total: parts.length, hash: partsRootOf(root) }, parts };
}

/** The full id of a block from its header and its bytes. The caller guarantees that the bytes hold this header. */
export function blockIdOf(header: Header, bytes: Bytes): BlockId {
  const chunks: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += PART_BYTES) chunks.push(bytes.subarray(at, at + PART_BYTES));
  return { hash: headerHash(header), parts: { total: chunks.length, hash: partsRootOf(merkleRoot(chunks)) } };
}

/** Whether the part belongs to the set: index in range, exact size, valid proof. */
export function partBelongs(header: PartSetHeader, part: BlockPart): boolean {
  if (part.index >= header.total || part.aunts.length > AUNTS_MAX) return false;
  const last = part.index === header.total - 1;
  if (last ? part.bytes.length === 0 || part.bytes.length > PART_BYTES : part.bytes.length !== PART_BYTES) return false;
  return verifyMerkle(hashBytes(header.hash), part.bytes, {
    index: part.index,
    total: header.total,
    aunts: part.aunts,
  });
}

/** The maximum number of parts of a block; checked before a part set is allocated. */
export function partsMax(blockBytesMax: number): number {
  return Math.ceil(blockBytesMax / PART_BYTES);
}

/** The block's bytes. The caller passes all parts, in order. */
export function joinParts(parts: readonly BlockPart[]): Bytes {
  return concat(...parts.map((part) => part.bytes));
}

/** A block with its bytes, parts and full id. */
export interface SealedBlock {
  readonly block: Block;
  readonly bytes: Bytes;
  readonly id: BlockId;
  readonly parts: readonly BlockPart[];
}

/** Encodes a block and computes its parts and id. Asserts that it has a header. */
export function sealBlock(block: Block): SealedBlock {
  assert(block.header !== undefined, "a block without a header cannot be sealed");
  const bytes = blockCodec.encode(block);
  const { header, parts } = splitParts(bytes);
  return { block, bytes, id: { hash: headerHash(block.header), parts: header }, parts };
}
