import { performance } from "node:perf_hooks";
import { fromHex, readU32be, utf8Text } from "#proto/bytes.js";
import { codespace, reject, type Rejection } from "#proto/rejection.js";
import type { Condition, EventQuery } from "#proto/rpc/query-grammar.js";
import { BUILT_IN_TAGS, groupConditions, tagOf, valueSatisfies } from "#proto/rpc/query-match.js";
import { prefixRange } from "#state/store/base.js";
import type { IndexDb } from "./deps.js";
import { heightBounds, type Heights } from "./height-bounds.js";
import {
  countRange,
  heightOf,
  heightsRange,
  indexOf,
  position,
  readCountKey,
  readPosting,
  readTxValue,
  tagPrefix,
  txKey,
  valuePrefix,
  withoutEvent,
  type Position,
  type Postings,
} from "./keys.js";
import { both, filtered, mapped, streamOf, type Stream } from "./streams.js";

export const searchErrors = codespace("search", { tooBroad: 1, unsupported: 2 });

export interface SearchBounds {
  /** Index entries that one search may read. */
  readonly reads: number;
  /** How long it may take, with what runs beside it. */
  readonly ms: number;
}

/** About a second of work, and twice that where two share a thread. More needs an index outside the node. */
export const SEARCH_BOUNDS: SearchBounds = { reads: 200_000, ms: 3_000 };

/** Reads between two looks at the clock. */
const CLOCK_READS = 512;

export interface Window {
  readonly descending: boolean;
  readonly skip: number;
  readonly limit: number;
}
export interface Found<T> {
  readonly total: number;
  readonly items: readonly T[];
}

export interface Search {
  tx(hash: Uint8Array): { height: bigint; index: number } | undefined;
  txs(query: EventQuery, window: Window): Promise<Found<{ height: bigint; index: number }> | Rejection>;
  blocks(query: EventQuery, window: Window): Promise<Found<bigint> | Rejection>;
}

/** @param heights the lowest and highest height that are indexed, both included */
export function search(db: IndexDb, heights: () => Heights, bounds: SearchBounds): Search {
  const tx: Search["tx"] = (hash) => {
    const value = db.get(txKey(hash));
    return value === undefined ? undefined : readTxValue(value);
  };
  return {
    tx,
    txs: (query, window) =>
      new Walk(db, "tx", query, window.descending, heights(), tx, bounds).page(window, (at) => ({
        height: heightOf(at),
        index: indexOf(at),
      })),
    blocks: (query, window) =>
      new Walk(db, "block", query, window.descending, heights(), tx, bounds).page(window, heightOf),
  };
}

/** The one event name whose things each kind of search looks at. */
const EVENT_NAME: Readonly<Record<Postings, string>> = { tx: "Tx", block: "NewBlock" };

class TooBroad extends Error {}

/** One search: streams of positions over the index, intersected. Counts what it reads, and stops at the bound. */
class Walk {
  #reads = 0;
  readonly #db: IndexDb;
  readonly #kind: Postings;
  readonly #descending: boolean;
  readonly #builtIn: readonly Condition[];
  readonly #groups: readonly (readonly Condition[])[];
  readonly #tx: Search["tx"];
  readonly #bounds: SearchBounds;
  readonly #startMs = performance.now();
  #first: bigint;
  #last: bigint;

  constructor(
    db: IndexDb,
    kind: Postings,
    query: EventQuery,
    descending: boolean,
    heights: Heights,
    tx: Search["tx"],
    bounds: SearchBounds,
  ) {
    this.#db = db;
    this.#bounds = bounds;
    this.#kind = kind;
    this.#descending = descending;
    this.#tx = tx;
    this.#builtIn = query.conditions.filter((condition) => BUILT_IN_TAGS.has(tagOf(condition)));
    this.#groups = groupConditions(query)
      .map((group) => group.conditions)
      .filter(([condition]) => !BUILT_IN_TAGS.has(tagOf(condition!)));
    const { first, last } = heightBounds(this.#named(`${kind}.height`), heights);
    this.#first = first;
    this.#last = last;
  }

  #named(tag: string): readonly Condition[] {
    return this.#builtIn.filter((condition) => tagOf(condition) === tag);
  }

  async page<T>({ skip, limit }: Window, item: (at: Position) => T): Promise<Found<T> | Rejection> {
    const unsupported = this.#unsupported();
    if (unsupported !== undefined) return unsupported;
    const items: T[] = [];
    let total = 0;
    try {
      for await (const at of this.#matches()) {
        if (total >= skip && items.length < limit) items.push(item(at));
        total++;
      }
    } catch (error) {
      if (!(error instanceof TooBroad)) throw error;
      return reject(searchErrors.tooBroad, {
        reads: this.#bounds.reads,
        ms: this.#bounds.ms,
        fix: `add ${this.#kind}.height>… or a condition with =`,
      });
    }
    return { total, items };
  }

  /** Built-in tags of the other kind have no meaning here; a hash is looked up, not compared. */
  #unsupported(): Rejection | undefined {
    for (const condition of this.#builtIn) {
      const tag = tagOf(condition);
      const hash = tag === "tx.hash" && !(condition.op === "=" && condition.operand.kind === "text");
      const foreign = this.#kind === "tx" ? tag === "block.height" : tag.startsWith("tx.");
      if (hash || foreign) return reject(searchErrors.unsupported, { tag, in: `${this.#kind}_search` });
    }
    return undefined;
  }

  #matches(): Stream {
    if (!this.#named("tm.event").every((condition) => valueSatisfies(condition, EVENT_NAME[this.#kind]))) {
      return streamOf([]);
    }
    let stream: Stream | undefined = this.#byHash();
    for (const group of this.#groups) {
      const positions = mapped(this.#group(group), withoutEvent);
      stream = stream === undefined ? positions : both(stream, positions, this.#descending);
    }
    const heightConditions = this.#named(`${this.#kind}.height`);
    return filtered(stream ?? this.#everything(), (at) =>
      heightConditions.every((c) => valueSatisfies(c, String(heightOf(at)))),
    );
  }

  /** A hash leaves one position, and lets everything else look at its height only. */
  #byHash(): Stream | undefined {
    const wanted = this.#named("tx.hash");
    if (wanted.length === 0) return undefined;
    const found = new Set<Position>();
    for (const condition of wanted) {
      const text = condition.op === "=" && condition.operand.kind === "text" ? condition.operand.text : "";
      const hash = fromHex(text);
      const at = hash === undefined ? undefined : this.#tx(hash);
      if (at === undefined) return streamOf([]);
      found.add(position(at.height, at.index, 0));
    }
    const [only] = found;
    if (found.size !== 1 || only === undefined) return streamOf([]);
    const height = heightOf(only);
    if (height < this.#first || height > this.#last) return streamOf([]);
    this.#first = this.#last = height;
    return streamOf([only]);
  }

  /** Events of one type that satisfy all conditions on it. */
  #group(conditions: readonly Condition[]): Stream {
    return conditions.map((condition) => this.#condition(condition)).reduce((a, b) => both(a, b, this.#descending));
  }

  #condition(condition: Condition): Stream {
    return condition.op === "=" && condition.operand.kind === "text"
      ? this.#equal(tagOf(condition), condition.operand.text)
      : this.#scanned(condition);
  }

  async *#equal(tag: string, value: string): AsyncGenerator<Position> {
    const range = heightsRange(valuePrefix(this.#kind, tag, value), this.#first, this.#last);
    for await (const [key] of this.#db.iterate({ ...range, reverse: this.#descending })) {
      this.#read();
      yield readPosting(key);
    }
  }

  /** Any other comparison reads all values of the tag, and puts what satisfies it into the order of the chain. */
  async *#scanned(condition: Condition): AsyncGenerator<Position> {
    const found: Position[] = [];
    for await (const [key, bytes] of this.#db.iterate(prefixRange(tagPrefix(this.#kind, tagOf(condition))))) {
      this.#read();
      const at = readPosting(key);
      const height = heightOf(at);
      if (height < this.#first || height > this.#last) continue;
      if (valueSatisfies(condition, utf8Text(bytes) ?? "")) found.push(at);
    }
    found.sort((a, b) => (a === b ? 0 : a < b !== this.#descending ? -1 : 1));
    let last: Position | undefined;
    for (const at of found) {
      if (at !== last) yield at;
      last = at;
    }
  }

  /** No condition on events: all transactions, or all heights, between the bounds. */
  async *#everything(): AsyncGenerator<Position> {
    if (this.#first > this.#last) return;
    if (this.#kind === "block") {
      for (let n = 0n; n <= this.#last - this.#first; n++) {
        this.#read();
        yield position(this.#descending ? this.#last - n : this.#first + n, 0, 0);
      }
      return;
    }
    for await (const [key, value] of this.#db.iterate({
      ...countRange(this.#first, this.#last),
      reverse: this.#descending,
    })) {
      const height = readCountKey(key);
      const count = readU32be(value);
      for (let n = 0; n < count; n++) {
        this.#read();
        yield position(height, this.#descending ? count - 1 - n : n, 0);
      }
    }
  }

  #read(): void {
    if (++this.#reads > this.#bounds.reads) throw new TooBroad();
    if (this.#reads % CLOCK_READS === 0 && performance.now() - this.#startMs > this.#bounds.ms) throw new TooBroad();
  }
}
