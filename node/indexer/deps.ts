import type { Bytes } from "#proto/bytes.js";
import type { BlockResults } from "#proto/types/block.js";
import type { Entry, Range, Write } from "#state/store/base.js";

/** The ports of the index, which node.ts wires. */
export interface IndexDb {
  get(key: Bytes): Bytes | undefined;
  iterate(range: Range): AsyncIterable<Entry>;
  write(writes: Iterable<Write>, options: { readonly sync: boolean }): Promise<void>;
}

/** The committed chain, from which the index can be rebuilt at any time. */
export interface IndexSource {
  txs(height: bigint): readonly Bytes[] | undefined | Promise<readonly Bytes[] | undefined>;
  results(height: bigint): BlockResults | undefined | Promise<BlockResults | undefined>;
}

/** The writer of the index: in the node a thread of its own, since a full block costs a tenth of a second. */
export interface IndexWork {
  /** Indexes a height and moves the cursor there. @returns how many entries were written */
  add(height: bigint): Promise<number>;
  /** Takes a height out. */
  remove(height: bigint): Promise<void>;
  erase(): Promise<void>;
}

export interface IndexLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** metrics.ts of this folder lists them. */
export interface IndexMetrics {
  indexed(height: bigint, writes: number, seconds: number): void;
}
