import { assert } from "#proto/assert.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import type { Base, Entry, Range, Write } from "#state/store/base.js";
import { Arena } from "./arena.js";
import { Cache } from "./cache.js";
import { damaged, type Records } from "./records.js";
import { nameOf, readStored, stateRange, writeBefore, writeStored } from "./state-record.js";
import { historyKey, stateKey } from "./tables.js";

/** Hot keys are read without asking the database; about 40 MB when full of small values. */
const CACHE_ENTRIES = 100_000;
const CACHED_VALUE_BYTES_MAX = 1024;

export interface StateChanges {
  /** The writes that change something. */
  readonly writes: readonly Write[];
  /** What goes into the database for them. */
  readonly records: readonly Write[];
}

/** The values of the state, flat: the latest ones with the height of their last change, and what they replaced. */
export class StateTable {
  readonly #records: Records;
  readonly #inTree: (key: Bytes) => boolean;
  readonly #cache = new Cache<string, Bytes | undefined>(CACHE_ENTRIES);
  /** The latest state. */
  readonly latest: Base = { get: (key) => this.#get(key), range: (range) => this.#range(range) };

  /** @param inTree whether the tree has a leaf for a key: a value that the database lost is found by it */
  constructor(records: Records, inTree: (key: Bytes) => boolean) {
    this.#records = records;
    this.#inTree = inTree;
  }

  /** Compares writes with the latest state. `history` says whether what they replace is kept. */
  changes(writes: readonly Write[], height: bigint, history: boolean): StateChanges {
    const changed: Write[] = [];
    const records: Write[] = [];
    const arena = new Arena();
    for (const write of writes) {
      const [key, value] = write;
      assert(value === undefined || value.length > 0, "a value is never empty");
      const before = this.#get(key);
      if (before === value || (before !== undefined && value !== undefined && equalBytes(before, value))) continue;
      changed.push(write);
      records.push([stateKey(key), value === undefined ? undefined : writeStored({ changed: height, value }, arena)]);
      if (history) records.push([historyKey(key, height), writeBefore(before, arena)]);
    }
    return { writes: changed, records };
  }

  /** Called when the database holds the changes. */
  committed(writes: readonly Write[]): void {
    for (const [key, value] of writes) this.#remember(nameOf(key), value);
  }

  #get(key: Bytes): Bytes | undefined {
    const name = nameOf(key);
    const cached = this.#cache.get(name);
    if (cached !== undefined || this.#cache.has(name)) return cached;
    const record = stateKey(key);
    const stored = this.#records.get(record);
    if (stored === undefined && this.#inTree(key)) throw damaged(record, "is missing");
    const value = stored === undefined ? undefined : readStored(stored).value;
    this.#remember(name, value);
    return value;
  }

  #remember(name: string, value: Bytes | undefined): void {
    // A large value stays out, but must not leave an older one behind.
    if (value === undefined || value.length <= CACHED_VALUE_BYTES_MAX) this.#cache.set(name, value);
    else this.#cache.delete(name);
  }

  *#range(range: Range): Generator<Entry, void, undefined> {
    for (const [key, stored] of this.#records.range(stateRange(range)))
      yield [key.subarray(1), readStored(stored).value];
  }
}
