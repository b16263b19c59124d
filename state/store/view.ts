import { assert } from "#proto/assert.js";
import { compareBytes, type Bytes } from "#proto/bytes.js";
import type { Base, Entry, Range, Write } from "./base.js";
import { first, inside } from "./memory.js";
import { SortedMap, type Slot } from "./sorted-map.js";

/** The interface of queries and checks. */
export type ReadView = Base;

/** The interface of message handlers. */
export interface WriteView extends ReadView {
  /** The view keeps the bytes: the caller must not change them afterwards. Asserts a non-empty value. */
  /** Asserts that the value is not empty. */
  put(key: Bytes, value: Bytes): void;
  delete(key: Bytes): void;
}

/** A point to which the view can roll back. Savepoints nest: the last opened is closed first. */
export type Savepoint = { readonly depth: number; readonly mark: number };

type Undo = { readonly key: Bytes; readonly before: Slot<Bytes | undefined> | undefined };

/**
 * Writes over an immutable base. Reads include the view's own writes; `writes()` returns them for commit. During
 * iteration of a range, writes ahead of the reader are seen, writes behind it are not.
 */
export class View implements WriteView {
  readonly #base: Base;
  readonly #overlay = new SortedMap<Bytes | undefined>();
  readonly #undo: Undo[] = [];
  #depth = 0;

  constructor(base: Base) {
    this.#base = base;
  }

  get(key: Bytes): Bytes | undefined {
    const own = this.#overlay.find(key);
    return own === undefined ? this.#base.get(key) : own.value;
  }

  put(key: Bytes, value: Bytes): void {
    assert(value.length > 0, "a value is never empty: absence and emptiness could not be told apart in a proof");
    this.#set(key, value);
  }

  delete(key: Bytes): void {
    this.#set(key, undefined);
  }

  /** Own writes over the base. Writes made during the walk are seen if their keys lie ahead. */
  *range(range: Range): Generator<Entry, void, undefined> {
    const order = range.reverse ? -1 : 1;
    let left = range.limit ?? Infinity;
    const base = this.#base.range({ from: range.from, to: range.to, reverse: range.reverse })[Symbol.iterator]();
    try {
      let below = base.next();
      let own = this.#ownFrom(range, undefined);
      while (left > 0) {
        const side = below.done
          ? own === undefined
            ? undefined
            : -1
          : own === undefined
            ? 1
            : order * compareBytes(own.key, below.value[0]);
        if (side === undefined) return;
        let at: Bytes;
        if (side <= 0) {
          const { key, value } = own!;
          at = key;
          if (side === 0) below = base.next(); // The own write hides what lies below it.
          if (value !== undefined) {
            left--;
            yield [key, value];
          }
        } else {
          const entry: Entry = below.value!;
          at = entry[0];
          below = base.next();
          left--;
          yield entry;
        }
        own = this.#ownFrom(range, at); // Looked up again: the reader may have written meanwhile.
      }
    } finally {
      base.return?.();
    }
  }

  /** Opens a savepoint inside the last open one. It is closed by `commit` or `rollback`, the innermost first. */
  savepoint(): Savepoint {
    return { depth: ++this.#depth, mark: this.#undo.length };
  }

  /** Drops all writes since the savepoint and closes it. */
  rollback(savepoint: Savepoint): void {
    this.#close(savepoint);
    while (this.#undo.length > savepoint.mark) {
      const { key, before } = this.#undo.pop()!;
      if (before === undefined) this.#overlay.delete(key);
      else this.#overlay.set(key, before.value);
    }
  }

  /** Keeps the writes since the savepoint and closes it; an outer savepoint can still roll them back. */
  commit(savepoint: Savepoint): void {
    this.#close(savepoint);
    if (this.#depth === 0) this.#undo.length = 0;
  }

  /** All writes, sorted by key, each key once. Asserts that no savepoint is open. */
  writes(): Write[] {
    assert(this.#depth === 0, "a savepoint is still open");
    const out: Write[] = [];
    for (const { key, value } of this.#overlay.slots()) out.push([key, value]);
    return out;
  }

  #set(key: Bytes, value: Bytes | undefined): void {
    if (this.#depth > 0) {
      const slot = this.#overlay.find(key);
      this.#undo.push({ key, before: slot === undefined ? undefined : { key, value: slot.value } });
    }
    this.#overlay.set(key, value);
  }

  #close(savepoint: Savepoint): void {
    assert(savepoint.depth === this.#depth, "savepoints are closed in the order opposite to their opening");
    this.#depth--;
  }

  /** The next own write of the range beyond `at`, or its first. */
  #ownFrom(range: Range, at: Bytes | undefined): Slot<Bytes | undefined> | undefined {
    const map = this.#overlay;
    const slot = at === undefined ? first(map, range) : range.reverse ? map.below(at) : map.atOrAbove(at, false);
    return slot !== undefined && inside(slot.key, range) ? slot : undefined;
  }
}
