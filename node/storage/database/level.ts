import { ClassicLevel } from "classic-level";
import type { Bytes } from "#proto/bytes.js";
import { rangeAfter, type Entry, type Range, type Write } from "#state/store/base.js";
import { makeDurableDirectory } from "../../runtime/files.js";
import type { Db } from "./db.js";
import { StorageFault } from "../fault.js";
import { LEVEL_OPTIONS, levelRange, plain } from "./level-range.js";
import { RangeReader } from "./level-reader.js";

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/** Entries that one step of `iterate` brings. */
const STEP_ENTRIES = 1000;

/**
 * Opens or creates a database in a directory. One process at a time may have it open, each of its threads for itself: who
 * was first has to be the last to close it, and not to end before. All read through its cache, which goes away with it.
 */
export async function openLevel(directory: string): Promise<Db> {
  await makeDurableDirectory(directory);
  const level: Level = new ClassicLevel<Uint8Array, Uint8Array>(directory, LEVEL_OPTIONS as object);
  try {
    await level.open();
  } catch (cause) {
    const locked = (cause as { cause?: { code?: string } }).cause?.code === "LEVEL_LOCKED";
    const why = locked ? "another process has it open; stop that one first" : "it cannot be opened";
    throw new StorageFault("storage.read", `database ${directory}: ${why}`, cause);
  }
  return new LevelDb(level, new RangeReader(directory));
}

class LevelDb implements Db {
  readonly #level: Level;
  readonly #ranges: RangeReader;

  constructor(level: Level, ranges: RangeReader) {
    this.#level = level;
    this.#ranges = ranges;
  }

  get(key: Bytes): Bytes | undefined {
    try {
      const value = this.#level.getSync(key);
      return value === undefined ? undefined : plain(value);
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    try {
      const values = await this.#level.getMany([...keys]);
      return values.map((value) => (value === undefined ? undefined : plain(value)));
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  range(range: Range): Iterable<Entry> {
    return this.#ranges.range(range);
  }

  async write(writes: Iterable<Write>, { sync }: { readonly sync: boolean }): Promise<void> {
    // A chained batch costs 1 µs an entry on this thread; an array of operations costs 20.
    const batch = this.#level.batch();
    for (const [key, value] of writes) {
      if (value === undefined) batch.del(key);
      else batch.put(key, value);
    }
    try {
      await batch.write({ sync });
    } catch (cause) {
      throw new StorageFault("storage.write", "the database refused a write", cause);
    }
  }

  async *iterate({ limit, ...range }: Range): AsyncGenerator<Entry, void, undefined> {
    let [left, rest]: [number, Range] = [limit ?? Infinity, range];
    while (left > 0) {
      const entries = await this.#step({ ...rest, limit: Math.min(left, STEP_ENTRIES) });
      const last = entries.at(-1);
      if (last === undefined) return;
      left -= entries.length;
      rest = rangeAfter(rest, last[0]);
      yield* entries;
    }
  }

  /**
   * The first entries of a range, at least one if there are any. Of one iterator that is gone before the caller goes on: as
   * long as one is there LevelDB 1.20 keeps the versions of its moment too, may part them from later ones when it merges
   * files, and then answers with the older one (https://github.com/google/leveldb/issues/320, mended in 1.21).
   */
  async #step(range: Range): Promise<Entry[]> {
    const iterator = this.#level.iterator(levelRange(range));
    try {
      const entries = await iterator.nextv(STEP_ENTRIES);
      return entries.map(([key, value]): Entry => [plain(key), plain(value)]);
    } catch (cause) {
      throw unreadable(cause);
    } finally {
      await iterator.close();
    }
  }

  async compact({ from, to }: Required<Pick<Range, "from" | "to">>): Promise<void> {
    try {
      await this.#level.compactRange(from!, to!);
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  async close(): Promise<void> {
    await this.#ranges.close();
    await this.#level.close();
  }
}

function unreadable(cause: unknown): unknown {
  if (cause instanceof StorageFault) return cause;
  const code = (cause as { code?: string }).code;
  if (code === "LEVEL_CORRUPTION") {
    return new StorageFault(
      "storage.corrupt_record",
      "a database file is damaged; restore this node from a snapshot or backup",
      cause,
    );
  }
  if (code?.startsWith("LEVEL_") === true) {
    return new StorageFault("storage.read", "the database could not be read", cause);
  }
  return cause; // Not an error of the database: the consumer of the entries failed.
}
