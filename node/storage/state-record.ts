import { readU64be, writeU64be, type Bytes } from "#proto/bytes.js";
import { prefixEnd, type Range } from "#state/store/base.js";
import type { Scratch } from "./scratch.js";
import { stateKey, TABLE } from "./tables.js";

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

export function writeStored({ changed, value }: Stored, scratch: Scratch): Bytes {
  const out = scratch.take(8 + value.length);
  writeU64be(out, 0, changed);
  out.set(value, 8);
  return out;
}

export const readStored = (stored: Bytes): Stored => ({ changed: readU64be(stored), value: stored.subarray(8) });

const GONE = 0;
const WAS = 1;

/** What a history record says: the value before, or undefined when there was none. */
export interface Before {
  readonly value: Bytes | undefined;
  /** The height that had set the value. A reader of an earlier height has missed a record; 0 when unknown. */
  readonly since: bigint;
}

export function writeBefore(before: Stored | undefined, scratch: Scratch): Bytes {
  if (before === undefined) return Uint8Array.of(GONE);
  const out = scratch.take(9 + before.value.length);
  out[0] = WAS;
  writeU64be(out, 1, before.changed);
  out.set(before.value, 9);
  return out;
}

export function readBefore(stored: Bytes): Before {
  return stored[0] === WAS
    ? { since: readU64be(stored, 1), value: stored.subarray(9) }
    : { since: 0n, value: undefined };
}

/** Bytes as the key of a map. */
export const nameOf = (key: Bytes): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
