import { concat, readU64be, u64be, type Bytes } from "#proto/bytes.js";

/** Tables of a provider's book, by the first byte of a key. */
const TABLES = {
  /** channel, nonce: the exchange */
  exchange: 1,
  /** channel, nonce: fee and hash of the receipt, for paths when texts are gone */
  leaf: 2,
  /** channel, nonce: the answer as it was sent, until it is paid and its ceiling expired */
  wire: 3,
  /** channel: the newest voucher */
  voucher: 4,
  /** channel: the receipts that it pays for */
  prefix: 5,
  /** channel: the id of the consumer's book */
  bookId: 6,
  /** channel, ceiling id: its fate, until it expires */
  fate: 7,
} as const;

type Table = keyof typeof TABLES;

/** The key of a row. */
export function rowKey(table: Table, channelId: bigint, rest: Bytes = new Uint8Array(0)): Bytes {
  return concat(Uint8Array.of(TABLES[table]), u64be(channelId), rest);
}

/** All keys of a channel in a table, from a nonce on, below another. */
export function nonceRange(table: Table, channelId: bigint, from: bigint, below: bigint) {
  return { from: rowKey(table, channelId, u64be(from)), to: rowKey(table, channelId, u64be(below)) };
}

/** All keys of a channel in a table. */
export function channelRange(table: Table, channelId: bigint) {
  return { from: rowKey(table, channelId), to: rowKey(table, channelId + 1n) };
}

/** All keys of a table. */
export function tableRange(table: Table) {
  return { from: Uint8Array.of(TABLES[table]), to: Uint8Array.of(TABLES[table] + 1) };
}

/** The channel of a row's key. */
export function channelOf(key: Bytes): bigint {
  return readU64be(key, 1);
}

/** What stands behind the channel in a row's key. */
export function restOf(key: Bytes): Bytes {
  return key.subarray(9);
}
