import { assert } from "#proto/assert.js";
import { concat, type Bytes } from "#proto/bytes.js";
import { prefixEnd, type Base } from "./base.js";
import type { KeyCodec } from "./key-codec.js";
import type { ValueCodec } from "./value-codec.js";
import type { WriteView } from "./view.js";

type Codecs<K extends readonly unknown[]> = { readonly [I in keyof K]: KeyCodec<K[I]> };
/** The first parts of a key: none, some or all. */
export type Leading<K extends readonly unknown[]> = K extends readonly [...infer Head, unknown]
  ? K | Leading<Head>
  : readonly [];

/** A range of rows by parts of their keys. */
export interface TableRange<K extends readonly unknown[]> {
  /** Only keys that begin with these parts. */
  readonly prefix?: Leading<K>;
  /** First key of interest, inclusive; may be leading parts only. */
  readonly from?: Leading<K>;
  /** End of the range, exclusive; may be leading parts only. */
  readonly to?: Leading<K>;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** Typed rows below one permanent prefix and number. Reads take any base, writes a view. */
export interface Table<K extends readonly unknown[], V> {
  readonly prefix: Bytes;
  get(view: Base, key: K): V | undefined;
  has(view: Base, key: K): boolean;
  put(view: WriteView, key: K, value: V): void;
  delete(view: WriteView, key: K): void;
  range(view: Base, range?: TableRange<K>): Iterable<readonly [key: K, value: V]>;
  /** The raw key, for proofs. */
  key(parts: Leading<K>): Bytes;
}

/** The tables of one module. */
export interface Keyspace {
  readonly prefix: number;
  /** A row of the table is `prefix | number | parts of the key`. A number is permanent: never renumbered, never reused. */
  table<const K extends readonly unknown[], V>(number: number, key: Codecs<K>, value: ValueCodec<V>): Table<K, V>;
}

/** The keyspace of a module. Asserts that no table number is used twice. */
export function keyspace(prefix: number): Keyspace {
  assert(isByte(prefix), `prefix ${prefix} is not a byte`);
  const taken = new Set<number>();
  return {
    prefix,
    table(number, key, value) {
      assert(isByte(number), `table number ${number} is not a byte`);
      assert(!taken.has(number), `table ${number} of keyspace ${prefix} exists already`);
      taken.add(number);
      return table(Uint8Array.of(prefix, number), key, value);
    },
  };
}

/** Asserts that no two modules share a prefix. */
export function refuseClashes(owners: readonly { readonly name: string; readonly prefix: number }[]): void {
  const taken = new Map<number, string>();
  for (const { name, prefix } of owners) {
    assert(!taken.has(prefix), `${name} and ${taken.get(prefix)} share the key prefix ${prefix}`);
    taken.set(prefix, name);
  }
}

const isByte = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 0xff;

function table<K extends readonly unknown[], V>(prefix: Bytes, codecs: Codecs<K>, codec: ValueCodec<V>): Table<K, V> {
  const list = codecs as readonly KeyCodec<unknown>[];
  const encode = (parts: readonly unknown[]): Bytes => concat(prefix, ...parts.map((part, i) => list[i]!.encode(part)));
  const whole = (parts: readonly unknown[]): Bytes => {
    assert(parts.length === list.length, `a key of ${list.length} parts got ${parts.length}`);
    return encode(parts);
  };
  const decode = (key: Bytes): K => {
    const parts: unknown[] = [];
    let at = prefix.length;
    for (const part of list) {
      const { value, next } = part.decode(key, at);
      parts.push(value);
      at = next;
    }
    assert(at === key.length, "a stored key has bytes behind its parts");
    return parts as unknown as K;
  };
  return {
    prefix,
    key: encode,
    get(view, key) {
      const bytes = view.get(whole(key));
      return bytes === undefined ? undefined : codec.decode(bytes);
    },
    has: (view, key) => view.get(whole(key)) !== undefined,
    put: (view, key, value) => view.put(whole(key), codec.encode(value)),
    delete: (view, key) => view.delete(whole(key)),
    *range(view, range = {}) {
      const shared = encode(range.prefix ?? []);
      const from = range.from === undefined ? shared : encode(range.from);
      const to = range.to === undefined ? prefixEnd(shared) : encode(range.to);
      for (const [key, bytes] of view.range({ from, to, reverse: range.reverse, limit: range.limit })) {
        yield [decode(key), codec.decode(bytes)] as const;
      }
    },
  };
}
