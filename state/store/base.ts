import type { Bytes } from "#proto/bytes.js";

/** A key and its value. The bytes are shared with the store: callers must not change them. */
export type Entry = readonly [key: Bytes, value: Bytes];

/** A change of one key: its new value, or undefined for a deletion. */
export type Write = readonly [key: Bytes, value: Bytes | undefined];

/** A range of keys, ascending unless `reverse`. */
export interface Range {
  /** First key, inclusive. */
  readonly from?: Bytes | undefined;
  /** Last key, exclusive. */
  readonly to?: Bytes | undefined;
  /** From the last key to the first. */
  readonly reverse?: boolean | undefined;
  /** Maximum number of entries. */
  readonly limit?: number | undefined;
}

/** An immutable state: the database at a height, or a map in memory. */
export interface Base {
  get(key: Bytes): Bytes | undefined;
  /** Entries in key order. Stops reading when the caller stops iterating. */
  range(range: Range): Iterable<Entry>;
}

/** The least key above all keys with this prefix; undefined if the prefix is all 0xff. */
export function prefixEnd(prefix: Bytes): Bytes | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    if (prefix[i] === 0xff) continue;
    const end = prefix.slice(0, i + 1);
    end[i]!++;
    return end;
  }
  return undefined;
}

/** The range of all keys with this prefix. */
export function prefixRange(prefix: Bytes): { readonly from: Bytes; readonly to: Bytes | undefined } {
  return { from: prefix, to: prefixEnd(prefix) };
}

/** The least key above `key`. */
export function following(key: Bytes): Bytes {
  const out = new Uint8Array(key.length + 1);
  out.set(key);
  return out;
}

/** The rest of a range after its entry `last`; without its limit. */
export function rangeAfter({ from, to, reverse }: Range, last: Bytes): Range {
  return reverse ? { from, to: last, reverse } : { from: following(last), to };
}
