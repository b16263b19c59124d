import { concat, readU32be, readU64be, u32be, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";

/**
 * Keys of the search index, under one byte of the database that only the index uses.
 *
 *   60 00                                   cursor: format version, last indexed height
 *   60 01 | tx hash                         height, index
 *   60 02 | height                          how many transactions, where there are any
 *   60 03 | tag (8) | tag=value (16) | pos  value: one attribute of one event of one transaction
 *   60 04 | tag (8) | tag=value (16) | pos  value: the same for a block's own events
 *
 * A position is height (8), transaction (4), event (4), big-endian: a list of one value runs in the order of the chain.
 */
const INDEX = 0x60;

/** A changed layout is a new number: the index is rebuilt when it finds another. */
export const INDEX_FORMAT = 1;

export const indexRange = { from: Uint8Array.of(INDEX), to: Uint8Array.of(INDEX + 1) };
export const cursorKey: Bytes = Uint8Array.of(INDEX, 0);

export type Postings = "tx" | "block";
const POSTINGS: Readonly<Record<Postings, number>> = { tx: 3, block: 4 };

const TAG_BYTES = 8;
const VALUE_BYTES = 16;
const HEADER_BYTES = 2 + TAG_BYTES + VALUE_BYTES;
const POSITION_BYTES = 16;

/** height << 64 | transaction << 32 | event: compares as the chain runs. */
export type Position = bigint;
export const position = (height: bigint, index: number, event: number): Position =>
  (height << 64n) | (BigInt(index) << 32n) | BigInt(event);
export const heightOf = (at: Position): bigint => at >> 64n;
export const indexOf = (at: Position): number => Number((at >> 32n) & 0xffff_ffffn);
/** The same for all events of one transaction. */
export const withoutEvent = (at: Position): Position => at & ~0xffff_ffffn;

const positionBytes = (at: Position): Bytes => concat(u64be(at >> 64n), u64be(at & 0xffff_ffff_ffff_ffffn));

export const txKey = (hash: Bytes): Bytes => concat(Uint8Array.of(INDEX, 1), hash);
export const txValue = (height: bigint, index: number): Bytes => concat(u64be(height), u32be(index));
export const readTxValue = (value: Bytes): { height: bigint; index: number } => ({
  height: readU64be(value),
  index: readU32be(value, 8),
});

export const countKey = (height: bigint): Bytes => concat(Uint8Array.of(INDEX, 2), u64be(height));
export const readCountKey = (key: Bytes): bigint => readU64be(key, 2);

const tagPart = (tag: string): Bytes => sha256(utf8(tag)).subarray(0, TAG_BYTES);
const valuePart = (tag: string, value: string): Bytes =>
  sha256(utf8(tag), Uint8Array.of(0), utf8(value)).subarray(0, VALUE_BYTES);

/** All that have a tag, in no useful order. */
export const tagPrefix = (postings: Postings, tag: string): Bytes =>
  concat(Uint8Array.of(INDEX, POSTINGS[postings]), tagPart(tag));

/** All that have a tag with exactly this value, in the order of the chain. */
export const valuePrefix = (postings: Postings, tag: string, value: string): Bytes =>
  concat(tagPrefix(postings, tag), valuePart(tag, value));

export const postingKey = (postings: Postings, tag: string, value: string, at: Position): Bytes =>
  concat(valuePrefix(postings, tag, value), positionBytes(at));

export function readPosting(key: Bytes): Position {
  const end = HEADER_BYTES + POSITION_BYTES;
  return (readU64be(key, end - POSITION_BYTES) << 64n) | readU64be(key, end - 8);
}

/** Keys of one value between two heights, both included. */
export function heightsRange(prefix: Bytes, from: bigint, to: bigint): { from: Bytes; to: Bytes } {
  return { from: concat(prefix, u64be(from)), to: concat(prefix, u64be(to + 1n)) };
}
export const countRange = (from: bigint, to: bigint): { from: Bytes; to: Bytes } =>
  heightsRange(Uint8Array.of(INDEX, 2), from, to);
