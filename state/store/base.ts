import type { Bytes } from "#proto/bytes.js";

/** A key and its value. Bytes that a store hands out are shared: nobody changes them. */
export type Entry = readonly [key: Bytes, value: Bytes];

/** What becomes of one key: its new value, or undefined when it goes away. */
export type Write = readonly [key: Bytes, value: Bytes | undefined];

export interface Range {
  /** First key, inclusive. */
  readonly from?: Bytes | undefined;
  /** Last key, exclusive. */
  readonly to?: Bytes | undefined;
  /** From the last key to the first. */
  readonly reverse?: boolean | undefined;
  /** At most so many entries. */
  readonly limit?: number | undefined;
}

/** A state that nobody changes while it is read: the database at a height, or a map in memory. */
export interface Base {
  get(key: Bytes): Bytes | undefined;
  /** Entries in the order of their bytes. Reading stops when the caller stops. */
  range(range: Range): Iterable<Entry>;
}

/** The least bytes above all that begin with `prefix`; undefined when there are none (the prefix is all 0xff). */
export function prefixEnd(prefix: Bytes): Bytes | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    if (prefix[i] === 0xff) continue;
    const end = prefix.slice(0, i + 1);
    end[i]!++;
    return end;
  }
  return undefined;
}

export function prefixRange(prefix: Bytes): { readonly from: Bytes; readonly to: Bytes | undefined } {
  return { from: prefix, to: prefixEnd(prefix) };
}

/** The least bytes above `key`. */
export function following(key: Bytes): Bytes {
  const out = new Uint8Array(key.length + 1);
  out.set(key);
  return out;
}

/** What of a range is left behind its entry `last`. */
export function rangeAfter({ from, to, reverse }: Range, last: Bytes): Range {
  return reverse ? { from, to: last, reverse } : { from: following(last), to };
}
