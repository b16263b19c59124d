import { concat, readU64be, u64be, type Bytes } from "#proto/bytes.js";
import { prefixEnd, type Range } from "#state/store/base.js";
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

export const writeStored = ({ changed, value }: Stored): Bytes => concat(u64be(changed), value);

export const readStored = (stored: Bytes): Stored => ({ changed: readU64be(stored), value: stored.subarray(8) });

const GONE = 0;
const WAS = 1;

/** What a history record says: the value before, or undefined when there was none. */
export const writeBefore = (value: Bytes | undefined): Bytes =>
  value === undefined ? Uint8Array.of(GONE) : concat(Uint8Array.of(WAS), value);

export const readBefore = (stored: Bytes): Bytes | undefined => (stored[0] === WAS ? stored.subarray(1) : undefined);

/** Bytes as the key of a map. */
export const nameOf = (key: Bytes): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
