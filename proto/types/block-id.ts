import { compareBytes, equalBytes, toHex, type Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";

/**
 * A block is identified by its full id: the hash of its header, the number of its parts and the root over them. Only the
 * three together commit to header and body. The hash alone identifies a header, and the root alone identifies nothing
 * (the number decides which parts it has). So neither is plain bytes: only this file compares them and makes keys of them.
 */

declare const kind: unique symbol;
/** Identifies a header, but not a body. 32 bytes at run time. */
export interface HeaderHash {
  readonly [kind]: "header hash";
}
/** Root over the parts of a block's bytes. 32 bytes at run time. */
export interface PartsRoot {
  readonly [kind]: "parts root";
}

/** The full id of a block. */
export type BlockId = Messages["tributary.chain.v1.BlockId"];
/** Number of parts, and the root over them. */
export type PartSetHeader = Messages["tributary.chain.v1.PartSetHeader"];
/** Canonical codec of `BlockId`. */
export const blockIdCodec = message("tributary.chain.v1.BlockId");

/** The bytes of a hash, for records, texts and proofs. test/tidy/block-id lists its users. */
export const hashBytes = (hash: HeaderHash | PartsRoot): Bytes => hash as unknown as Bytes;
/** Types bytes as a header hash. @param bytes from a record, or from a user */
export const headerHashOf = (bytes: Bytes): HeaderHash => bytes as unknown as HeaderHash;
/** Types bytes as a parts root. */
export const partsRootOf = (bytes: Bytes): PartsRoot => bytes as unknown as PartsRoot;

/** Whether both ids are fully equal, or both undefined. */
export function equalBlockIds(a: BlockId | undefined, b: BlockId | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return equalHashes(a.hash, b.hash) && equalParts(a.parts, b.parts);
}

/** Whether both part sets are equal, and therefore the same bytes. */
export function equalParts(a: PartSetHeader | undefined, b: PartSetHeader | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return a.total === b.total && equalHashes(a.hash, b.hash);
}

const equalHashes = (a: HeaderHash | PartsRoot, b: HeaderHash | PartsRoot): boolean =>
  equalBytes(hashBytes(a), hashBytes(b));

/** A map key for a block; "nil" for undefined. */
export const blockKey = (id: BlockId | undefined): string =>
  id === undefined ? "nil" : `${toHex(hashBytes(id.hash))}/${id.parts === undefined ? "" : partsKey(id.parts)}`;

/** A map key for a part set. */
export const partsKey = ({ total, hash }: PartSetHeader): string => `${total}/${toHex(hashBytes(hash))}`;

/** Canonical order: nil first, then by header hash, parts root, number of parts. Negative, zero or positive. */
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

/**
 * Whether the id has a 32-byte hash and a part set of at least one part with a 32-byte root. Every message from outside
 * is checked with it.
 */
export const isCompleteBlockId = ({ hash, parts }: BlockId): boolean =>
  hashBytes(hash).length === 32 && parts !== undefined && parts.total > 0 && hasWholeRoot(parts);

/** Whether the parts root has 32 bytes. */
export const hasWholeRoot = ({ hash }: PartSetHeader): boolean => hashBytes(hash).length === 32;
