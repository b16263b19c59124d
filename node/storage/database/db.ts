import type { Bytes } from "#proto/bytes.js";
import type { Base, Entry, Range, Write } from "#state/store/base.js";

export type { Write };

/**
 * An ordered store of bytes. Reads are synchronous, because the state machine is; writes are not, because a disk is slow.
 * Implementations: level.ts on disk, memory-disk.ts for the simulation; one compliance suite for both.
 */
export interface Db extends Base {
  get(key: Bytes): Bytes | undefined;
  /** The values of many keys at one moment, read without blocking. */
  getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]>;
  /** Blocks the caller until the entries are read. For a few of them; `iterate` is for many. */
  range(range: Range): Iterable<Entry>;
  /**
   * All writes or none, in this order; the bytes of each need to last until the next one is asked for. Visible to reads once the promise resolves. With `sync` they and all writes
   * before them last through a loss of power. @throws StorageFault when the disk refuses; then nothing more is written.
   */
  write(writes: Iterable<Write>, options: { readonly sync: boolean }): Promise<void>;
  /**
   * Entries in their order, without blocking, some at a time: each time those that are there by then. Nothing of the past
   * is held for a reader, however long it takes.
   */
  iterate(range: Range): AsyncIterable<Entry>;
  /** Gives back the disk space of what was deleted in a range, beside everything else; may be a no-op. */
  compact(range: Required<Pick<Range, "from" | "to">>): Promise<void>;
  close(): Promise<void>;
}
