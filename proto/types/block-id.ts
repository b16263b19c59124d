import { compareBytes, equalBytes, toHex, type Bytes } from "../bytes.js";
import type { Messages } from "../codec/message.js";
import { message } from "../codec/message.js";

/**
 * What identifies a block: its whole id, which is the hash of its header, the number of its parts and the root over
 * them. Header and body are bound by the three together. The hash alone names a header and the root alone names nothing
 * (the number decides which parts it has), so neither is plain bytes: they can be compared and made keys of here only.
 */

declare const kind: unique symbol;
/** Names a header, whatever body comes with it. 32 bytes at run time. */
export interface HeaderHash {
  readonly [kind]: "header hash";
}
/** Root over the parts of a block's bytes. 32 bytes at run time. */
export interface PartsRoot {
  readonly [kind]: "parts root";
}

export type BlockId = Messages["tributary.chain.v1.BlockId"];
export type PartSetHeader = Messages["tributary.chain.v1.PartSetHeader"];
export const blockIdCodec = message("tributary.chain.v1.BlockId");

/** For what leaves: records, texts, proofs. Where it is used is listed in test/tidy/block-id. */
export const hashBytes = (hash: HeaderHash | PartsRoot): Bytes => hash as unknown as Bytes;
/** @param bytes a record of a hash, or what a person names */
export const headerHashOf = (bytes: Bytes): HeaderHash => bytes as unknown as HeaderHash;
export const partsRootOf = (bytes: Bytes): PartsRoot => bytes as unknown as PartsRoot;

/** Whether both are the same block, or both none. */
export function equalBlockIds(a: BlockId | undefined, b: BlockId | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return equalHashes(a.hash, b.hash) && equalParts(a.parts, b.parts);
}

/** Whether both are the same bytes. */
export function equalParts(a: PartSetHeader | undefined, b: PartSetHeader | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return a.total === b.total && equalHashes(a.hash, b.hash);
}

const equalHashes = (a: HeaderHash | PartsRoot, b: HeaderHash | PartsRoot): boolean =>
  equalBytes(hashBytes(a), hashBytes(b));

/** For maps by block. */
export const blockKey = (id: BlockId | undefined): string =>
  id === undefined ? "nil" : `${toHex(hashBytes(id.hash))}/${id.parts === undefined ? "" : partsKey(id.parts)}`;

/** For maps by part set. */
export const partsKey = ({ total, hash }: PartSetHeader): string => `${total}/${toHex(hashBytes(hash))}`;

/** Nil first, then by header hash, then by part root, then by their number. */
export function compareBlockIds(a: BlockId | undefined, b: BlockId | undefined): number {
  const byHash = compareHashes(a?.hash, b?.hash);
  if (byHash !== 0) return byHash;
  const byParts = compareHashes(a?.parts?.hash, b?.parts?.hash);
  return byParts !== 0 ? byParts : (a?.parts?.total ?? 0) - (b?.parts?.total ?? 0);
}

const NOTHING: Bytes = new Uint8Array(0);
type Hash = HeaderHash | PartsRoot | undefined;
const compareHashes = (a: Hash, b: Hash): number =>
  compareBytes(a === undefined ? NOTHING : hashBytes(a), b === undefined ? NOTHING : hashBytes(b));

/** Complete: a 32-byte hash and a part set of at least one part. Anything half-filled is refused at the border. */
export const isCompleteBlockId = ({ hash, parts }: BlockId): boolean =>
  hashBytes(hash).length === 32 && parts !== undefined && parts.total > 0 && hasWholeRoot(parts);

export const hasWholeRoot = ({ hash }: PartSetHeader): boolean => hashBytes(hash).length === 32;
