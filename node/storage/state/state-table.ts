import { assert } from "#proto/assert.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { Base, Entry, Range, Write } from "#state/store/base.js";
import { Arena } from "./arena.js";
import { Cache } from "./cache.js";
import { damaged, type Records } from "../database/records.js";
import type { Making } from "../database/record-maker.js";
import { historyRecord, nameOf, readStored, stateRange, storedRecord, type Stored } from "./state-record.js";
import { stateKey } from "../database/tables.js";

/** Hot keys are read without asking the database; about 25 MB when full of small values. */
const CACHE_ENTRIES = 50_000;
const CACHED_VALUE_BYTES_MAX = 1024;
const HASHES_MAX = 50_000;

export interface StateChanges {
  /** The writes that change something. */
  readonly writes: readonly Write[];
  /** Their keys as the cache has them. */
  readonly names: readonly string[];
  /** SHA-256 of their keys. */
  readonly keyHashes: readonly Bytes[];
  /** Their database records. */
  readonly records: Making;
}

/** The values of the state, flat: the latest ones with the height of their last change, and what they replaced. */
export class StateTable {
  readonly #records: Records;
  readonly #matches: (keyHash: Bytes, value: Bytes | undefined) => boolean;
  readonly #before: () => Base | undefined;
  readonly #cache = new Cache<string, Stored | undefined>(CACHE_ENTRIES);
  readonly #arena = new Arena();
  /** Of keys that the height to come has read: their writes need them again. */
  #hashes = new Map<string, Bytes>();
  /** The latest state. */
  readonly latest: Base = { get: (key) => this.#latest(key), range: (range) => this.#range(range) };

  /**
   * @param matches whether the tree agrees with what the database says of a key: a lost or stale value does not pass
   * @param before the state at the head while a commit is under way: the database may be ahead of it already
   */
  constructor(
    records: Records,
    matches: (keyHash: Bytes, value: Bytes | undefined) => boolean,
    before: () => Base | undefined,
  ) {
    this.#records = records;
    this.#matches = matches;
    this.#before = before;
  }

  /** The latest value of a key, from the database. */
  stored(key: Bytes): Stored | undefined {
    const record = stateKey(key);
    const bytes = this.#records.get(record);
    const stored = bytes === undefined ? undefined : readStored(bytes);
    const keyHash = sha256(key);
    if (!this.#matches(keyHash, stored?.value)) {
      throw damaged(record, stored === undefined ? "is missing" : "is not what the state root commits to");
    }
    if (this.#hashes.size < HASHES_MAX) this.#hashes.set(nameOf(key), keyHash);
    return stored;
  }

  /** Compares writes with the latest state. `history` says whether what they replace is kept. */
  changes(writes: readonly Write[], height: bigint, history: boolean): StateChanges {
    const changed: Write[] = [];
    const names: string[] = [];
    const keyHashes: Bytes[] = [];
    const befores: (Stored | undefined)[] = [];
    for (const write of writes) {
      const [key, value] = write;
      assert(value === undefined || value.length > 0, "a value is never empty");
      const name = nameOf(key);
      const before = this.#named(name, key);
      if (value === undefined ? before === undefined : before !== undefined && equalBytes(before.value, value)) {
        continue;
      }
      changed.push(write);
      names.push(name);
      keyHashes.push(this.#hashes.get(name) ?? sha256(key));
      befores.push(before);
    }
    return { writes: changed, names, keyHashes, records: recordsOf(changed, height, history ? befores : undefined) };
  }

  /** Called when the database has been given the changes: until it holds them, `before` answers. */
  adopt({ writes, names }: StateChanges, height: bigint): void {
    this.#hashes = new Map();
    writes.forEach(([, value], i) => this.#remember(names[i]!, value && { changed: height, value }));
  }

  #latest(key: Bytes): Bytes | undefined {
    const before = this.#before();
    return before === undefined ? this.#named(nameOf(key), key)?.value : before.get(key);
  }

  #named(name: string, key: Bytes): Stored | undefined {
    const cached = this.#cache.get(name);
    if (cached !== undefined || this.#cache.has(name)) return cached;
    const stored = this.stored(key);
    this.#remember(name, stored);
    return stored;
  }

  #remember(name: string, stored: Stored | undefined): void {
    if (stored === undefined) this.#cache.set(name, stored);
    else if (stored.value.length <= CACHED_VALUE_BYTES_MAX) {
      this.#cache.set(name, { changed: stored.changed, value: this.#arena.copy(stored.value) });
    } else this.#cache.delete(name); // It stays out, but must not leave an older one behind.
  }

  *#range(range: Range): Generator<Entry, void, undefined> {
    const before = this.#before();
    if (before !== undefined) return yield* before.range(range);
    for (const [key, stored] of this.#records.range(stateRange(range))) {
      yield [key.subarray(1), readStored(stored).value];
    }
  }
}

const recordsOf = (
  writes: readonly Write[],
  height: bigint,
  befores: readonly (Stored | undefined)[] | undefined,
): Making =>
  function* (maker) {
    for (let i = 0; i < writes.length; i++) {
      const [key, value] = writes[i]!;
      yield value === undefined ? [stateKey(key), value] : storedRecord(key, { changed: height, value }, maker);
      if (befores !== undefined) yield historyRecord(key, height, befores[i], maker);
    }
  };
