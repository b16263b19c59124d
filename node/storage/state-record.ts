import { readU64be, writeU64be, type Bytes } from "#proto/bytes.js";
import { prefixEnd, type Range } from "#state/store/base.js";
import type { Arena } from "./arena.js";
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

export function writeStored({ changed, value }: Stored, arena: Arena): Bytes {
  const out = arena.take(8 + value.length);
  writeU64be(out, 0, changed);
  out.set(value, 8);
  return out;
}

export const readStored = (stored: Bytes): Stored => ({ changed: readU64be(stored), value: stored.subarray(8) });

const GONE = 0;
const WAS = 1;

/** What a history record says: the value before, or undefined when there was none. */
export function writeBefore(value: Bytes | undefined, arena: Arena): Bytes {
  const out = arena.take(1 + (value?.length ?? 0));
  out[0] = value === undefined ? GONE : WAS;
  if (value !== undefined) out.set(value, 1);
  return out;
}

export const readBefore = (stored: Bytes): Bytes | undefined => (stored[0] === WAS ? stored.subarray(1) : undefined);

/** Bytes as the key of a map. */
export const nameOf = (key: Bytes): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
