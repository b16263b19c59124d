import { assert } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { rangeAfter, type Entry, type Range, type Write } from "#state/store/base.js";
import { MemoryBase } from "#state/store/memory.js";
import type { Db } from "./db.js";
import { StorageFault } from "../fault.js";

/** How many of `count` consecutive unsynced writes survive a loss of power. */
export type Survivors = (count: number) => number;

/** The effect of a loss of power on unsynced writes. Torn: some of the bytes survived, or some sectors did not. */
export interface CrashTally {
  readonly lost: number;
  readonly torn: number;
  readonly kept: number;
}

/**
 * A disk in memory that outlives the databases opened on it. Like a log-structured database it keeps whole batches in
 * their order: a loss of power takes the last unsynced ones, and one torn in the middle counts as lost.
 */
export class MemoryDisk {
  readonly #durable = new MemoryBase();
  #unsynced: Write[][] = [];
  #open: MemoryDb | undefined;

  /** @param turn lets other work run before a write is done; the simulation gives its own delay */
  open(turn: () => Promise<void> = () => Promise.resolve()): Db {
    assert(this.#open === undefined, "this disk is in use");
    const content = new MemoryBase();
    content.apply([...this.#durable.range({})].map(([key, value]): Write => [key, value]));
    for (const batch of this.#unsynced) content.apply(batch);
    this.#open = new MemoryDb(content, turn, {
      written: (batch, sync) => {
        this.#unsynced.push(batch);
        if (!sync) return;
        for (const one of this.#unsynced) this.#durable.apply(one);
        this.#unsynced = [];
      },
      closed: () => (this.#open = undefined),
    });
    return this.#open;
  }

  /** Kills the process that has the disk open; unsynced batches survive as `survivors` says. Writes in flight never happened. */
  crash(survivors: Survivors): CrashTally {
    this.#open?.kill();
    this.#open = undefined;
    const kept = this.#unsynced.slice(0, survivors(this.#unsynced.length));
    for (const batch of kept) this.#durable.apply(batch);
    const lost = this.#unsynced.length - kept.length;
    this.#unsynced = [];
    return { lost, torn: 0, kept: kept.length };
  }

  /** Batches that a loss of power would put at risk now. */
  unsynced(): number {
    return this.#unsynced.length;
  }

  /** Changes a stored value behind everybody's back, as a failing disk does. */
  damage(key: Bytes, value: Bytes | undefined): void {
    assert(this.#open === undefined && this.#unsynced.length === 0, "this disk is in use");
    this.#durable.apply([[key, value]]);
  }

  /** Everything that survives a loss of power. */
  entries(): Iterable<Entry> {
    return this.#durable.range({});
  }
}

/** Entries that one step of `iterate` brings: few, so that what is written meanwhile comes between them. */
const STEP_ENTRIES = 20;

interface Below {
  written(batch: Write[], sync: boolean): void;
  closed(): void;
}

class MemoryDb implements Db {
  readonly #content: MemoryBase;
  readonly #turn: () => Promise<void>;
  readonly #below: Below;
  #closed = false;

  constructor(content: MemoryBase, turn: () => Promise<void>, below: Below) {
    this.#content = content;
    this.#turn = turn;
    this.#below = below;
  }

  get(key: Bytes): Bytes | undefined {
    this.#refuseClosed();
    return this.#content.get(key);
  }

  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    await this.#turn();
    return keys.map((key) => this.get(key));
  }

  range(range: Range): Iterable<Entry> {
    this.#refuseClosed();
    return this.#content.range(range);
  }

  async write(writes: Iterable<Write>, { sync }: { readonly sync: boolean }): Promise<void> {
    this.#refuseClosed();
    // Plain copies: what the caller changes later is not on the disk, and the slice of a Buffer would be no copy.
    const batch = Array.from(writes, ([key, value]): Write => [Uint8Array.from(key), value && Uint8Array.from(value)]);
    await this.#turn();
    this.#refuseClosed();
    this.#content.apply(batch);
    this.#below.written(batch, sync);
  }

  async *iterate({ limit, ...range }: Range): AsyncGenerator<Entry, void, undefined> {
    this.#refuseClosed();
    let [left, rest]: [number, Range] = [limit ?? Infinity, range];
    while (left > 0) {
      const entries = [...this.#content.range({ ...rest, limit: Math.min(left, STEP_ENTRIES) })];
      const last = entries.at(-1);
      if (last === undefined) return;
      left -= entries.length;
      rest = rangeAfter(rest, last[0]);
      for (const entry of entries) {
        await this.#turn();
        yield entry;
      }
    }
  }

  async compact(): Promise<void> {
    this.#refuseClosed(); // What was deleted takes no room here.
  }

  async close(): Promise<void> {
    this.#refuseClosed();
    this.#closed = true;
    this.#below.closed();
    await this.#turn();
  }

  kill(): void {
    this.#closed = true;
  }

  #refuseClosed(): void {
    if (this.#closed) throw new StorageFault("storage.closed", "the database is closed");
  }
}
