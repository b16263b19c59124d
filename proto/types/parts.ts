import type { Messages } from "../codec/message.js";
import { message } from "../codec/message.js";
import { concat, type Bytes } from "../bytes.js";
import { PART_BYTES } from "../limits.js";
import { AUNTS_MAX, merkleProofs, verifyMerkle } from "../merkle/rfc6962.js";
import { blockCodec, headerHash, type Block, type BlockId } from "./block.js";

export type BlockPart = Messages["tributary.chain.v1.BlockPart"];
export type PartSetHeader = Messages["tributary.chain.v1.PartSetHeader"];
export const blockPartCodec = message("tributary.chain.v1.BlockPart");

/** Parts of `bytes`, each PART_BYTES but the last, with RFC 6962 proofs under one root. */
export function splitParts(bytes: Bytes): { header: PartSetHeader; parts: BlockPart[] } {
  const chunks: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += PART_BYTES) chunks.push(bytes.slice(at, at + PART_BYTES));
  const { root, proofs } = merkleProofs(chunks);
  const parts = chunks.map((chunk, index) => ({ index, bytes: chunk, aunts: [...proofs[index]!.aunts] }));
  return { header: { total: parts.length, hash: root }, parts };
}

/** Whether the part belongs to the set: index in range, exact size, proof under the root. */
export function partBelongs(header: PartSetHeader, part: BlockPart): boolean {
  if (part.index >= header.total || part.aunts.length > AUNTS_MAX) return false;
  const last = part.index === header.total - 1;
  if (last ? part.bytes.length === 0 || part.bytes.length > PART_BYTES : part.bytes.length !== PART_BYTES) return false;
  return verifyMerkle(header.hash, part.bytes, { index: part.index, total: header.total, aunts: part.aunts });
}

/** The most parts that a block of `blockBytesMax` can have; checked before a part set is allocated. */
export function partsMax(blockBytesMax: number): number {
  return Math.ceil(blockBytesMax / PART_BYTES);
}

export function joinParts(parts: readonly BlockPart[]): Bytes {
  return concat(...parts.map((part) => part.bytes));
}

/** A block with its bytes, parts and id, computed once. */
export interface SealedBlock {
  readonly block: Block;
  readonly bytes: Bytes;
  readonly id: BlockId;
  readonly parts: readonly BlockPart[];
}

export function sealBlock(block: Block): SealedBlock {
  if (block.header === undefined) throw new Error("a block without a header cannot be sealed");
  const bytes = blockCodec.encode(block);
  const { header, parts } = splitParts(bytes);
  return { block, bytes, id: { hash: headerHash(block.header), parts: header }, parts };
}
