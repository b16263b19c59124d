import { readU64be, writeU64be, type Bytes } from "#proto/bytes.js";
import { prefixEnd, type Range, type Write } from "#state/store/base.js";
import type { RecordMaker } from "../database/record-maker.js";
import { historyKey, stateKey, TABLE } from "../database/tables.js";

const FIRST = Uint8Array.of(TABLE.state);
const END = prefixEnd(FIRST);

/** A range of state keys as a range of the database. */
export function stateRange({ from, to, reverse, limit }: Range): Range {
  return {
    from: from === undefined ? FIRST : stateKey(from),
    to: to === undefined ? END : stateKey(to),
    reverse,
    limit,
  };
}

export interface Stored {
  /** Height of the last change. */
  readonly changed: bigint;
  readonly value: Bytes;
}

export function storedRecord(key: Bytes, { changed, value }: Stored, maker: RecordMaker): Write {
  stateKey(key, maker);
  const out = maker.value(8 + value.length);
  writeU64be(out, 0, changed);
  out.set(value, 8);
  return maker.sealed();
}

export const readStored = (stored: Bytes): Stored => ({ changed: readU64be(stored), value: stored.subarray(8) });

const GONE = 0;
const WAS = 1;

/** The content of a history record: the previous value, or undefined if there was none. */
export interface Before {
  readonly value: Bytes | undefined;
  /** The height that had set the value. A reader of an earlier height has missed a record; 0 when unknown. */
  readonly since: bigint;
}

export function historyRecord(key: Bytes, height: bigint, before: Stored | undefined, maker: RecordMaker): Write {
  historyKey(key, height, maker);
  const out = maker.value(before === undefined ? 1 : 9 + before.value.length);
  out[0] = before === undefined ? GONE : WAS;
  if (before !== undefined) {
    writeU64be(out, 1, before.changed);
    out.set(before.value, 9);
  }
  return maker.sealed();
}

export function readBefore(stored: Bytes): Before {
  return stored[0] === WAS
    ? { since: readU64be(stored, 1), value: stored.subarray(9) }
    : { since: 0n, value: undefined };
}

/** Bytes as the key of a map. */
export const nameOf = (key: Bytes): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
