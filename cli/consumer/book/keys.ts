import { concat, readU64be, u64be, type Bytes } from "#proto/bytes.js";

/** Tables of a consumer's book, by the first byte of a key. */
const TABLES = {
  /** channel: its head */
  head: 1,
  /** channel, ceiling id: a ceiling without an end */
  open: 2,
  /** channel, nonce: a receipt that is owed, with its texts */
  exchange: 3,
  /** channel, ceiling id: an answer that its application may not have */
  undelivered: 4,
  /** channel: the newest voucher */
  voucher: 5,
  /** channel, ceiling id: an answer that was refused */
  refused: 6,
  /** day, version: the fees of that day */
  spent: 7,
} as const;

type Table = keyof typeof TABLES;

/** The key of a row. @param first a channel's id, or a day */
export function rowKey(table: Table, first: bigint, rest: Bytes = new Uint8Array(0)): Bytes {
  return concat(Uint8Array.of(TABLES[table]), u64be(first), rest);
}

/** All keys of a table with the same first number. */
export function rowsOf(table: Table, first: bigint) {
  return { from: rowKey(table, first), to: rowKey(table, first + 1n) };
}

/** Keys of a table by their second number. @param to the last one */
export function numbersOf(table: Table, first: bigint, from: bigint, to: bigint) {
  return { from: rowKey(table, first, u64be(from)), to: rowKey(table, first, u64be(to + 1n)) };
}

/** All keys of a table. */
export function tableOf(table: Table) {
  return { from: Uint8Array.of(TABLES[table]), to: Uint8Array.of(TABLES[table] + 1) };
}

/** What stands behind the first number. */
export function restOf(key: Bytes): Bytes {
  return key.subarray(9);
}

/** The number behind the first one. */
export function numberOf(key: Bytes): bigint {
  return readU64be(key, 9);
}
