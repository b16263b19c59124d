import { assert } from "#proto/assert.js";
import { concat, equalBytes, readU32be, type Bytes } from "#proto/bytes.js";
import { prefixRange, type Write } from "#state/store/base.js";
import { entryCount, ENTRY_BYTES } from "#state/tree/entries.js";
import { split, subtreeRoots, wholeOf } from "#state/tree/subtree.js";
import { kindOf, Top } from "#state/tree/top.js";
import type { BucketChange } from "#state/tree/tree.js";
import type { Making } from "../database/record-maker.js";
import type { Records } from "../database/records.js";
import { bucketKey, bucketPrefix } from "../database/tables.js";

/** Levels that a split adds: each bucket becomes four. */
export const SPLIT_LEVELS = 2;
const PARTS = 2 ** SPLIT_LEVELS;
/** Buckets that a height splits, or as many as it changes: a state of millions of keys takes some hundred heights. */
const SPLIT_BUCKETS = 1024;
/** Of a scan: how many are hashed together. */
const SCAN_BUCKETS = 4096;
const NONE: Bytes = new Uint8Array(0);

/** A bucket as the database has it: whole, or in its parts when a split has come past it. */
export function storedBucket(records: Records, depth: number, id: number): Bytes | undefined {
  const whole = records.get(bucketKey(depth, id));
  if (whole !== undefined) return whole;
  const parts: Bytes[] = [];
  for (let part = id * PARTS; part < (id + 1) * PARTS; part++) {
    const entries = records.get(bucketKey(depth + SPLIT_LEVELS, part));
    if (entries !== undefined) parts.push(entries);
  }
  return parts.length === 0 ? undefined : concat(...parts);
}

export interface Bucket {
  readonly id: number;
  readonly entries: Bytes;
}

/** The records of buckets of a depth. */
export async function* bucketsAt(records: Records, depth: number): AsyncGenerator<Bucket, void, undefined> {
  for await (const [key, entries] of records.iterate(prefixRange(bucketPrefix(depth)))) {
    yield { id: readU32be(key, 2), entries };
  }
}

/** Sets their roots; the top is then to be carried up. */
export function setBuckets(top: Top, buckets: readonly Bucket[]): void {
  const roots = subtreeRoots(buckets.map(({ entries }) => wholeOf(entries, top.depth)));
  buckets.forEach(({ id, entries }, i) =>
    top.setBucket(id, roots.subarray(i * 32, i * 32 + 32), kindOf(entryCount(entries))),
  );
}

export async function topOver(depth: number, buckets: AsyncIterable<Bucket>): Promise<Top> {
  const top = new Top(depth);
  let pending: Bucket[] = [];
  for await (const bucket of buckets) {
    pending.push(bucket);
    if (pending.length < SCAN_BUCKETS) continue;
    setBuckets(top, pending);
    pending = [];
  }
  setBuckets(top, pending);
  top.updateAll();
  return top;
}

/**
 * Buckets on their way to a tree whose top is two levels deeper, a few with each height: all of them at once would keep every
 * validator from the next height for as long as it takes to write the tree anew. The root stays as it is.
 */
export class BucketSplit {
  /** The top to come; right as far as the split has come. */
  readonly top: Top;
  readonly #depth: number;
  /** The first bucket that is whole. */
  #next: number;

  constructor(depth: number, top = new Top(depth + SPLIT_LEVELS), next = 0) {
    this.top = top;
    this.#depth = depth;
    this.#next = next;
  }

  /** A split that was under way when the database was closed. */
  static async reopen(records: Records, depth: number): Promise<BucketSplit | undefined> {
    const [part] = records.range({ ...prefixRange(bucketPrefix(depth + SPLIT_LEVELS)), limit: 1 });
    if (part === undefined) return undefined;
    const top = await topOver(depth + SPLIT_LEVELS, bucketsAt(records, depth + SPLIT_LEVELS));
    const [whole] = records.range({ ...prefixRange(bucketPrefix(depth)), limit: 1 });
    return new BucketSplit(depth, top, whole === undefined ? 2 ** depth : readU32be(whole[0], 2));
  }

  get done(): boolean {
    return this.#next === 2 ** this.#depth;
  }

  /**
   * What a height changes, and a few buckets more.
   * @param bucket a bucket that did not change
   */
  step(changes: readonly BucketChange[], bucket: (id: number) => Bytes): Making {
    const from = this.#next;
    const to = Math.min(2 ** this.#depth, from + Math.max(SPLIT_BUCKETS, changes.length));
    const parts: Bucket[] = [];
    const whole: Write[] = [];
    const changed = new Map<number, Bytes>();
    for (const { id, after } of changes) {
      if (id < from) parts.push(...partsOf(after, id, this.#depth));
      else if (id < to) changed.set(id, after);
      else whole.push([bucketKey(this.#depth, id), after.length === 0 ? undefined : after]);
    }
    for (let id = from; id < to; id++) {
      const entries = changed.get(id) ?? bucket(id).slice(); // What is read next takes its place.
      if (entries.length > 0) parts.push(...partsOf(entries, id, this.#depth));
      if (entries.length > 0 || changed.has(id)) whole.push([bucketKey(this.#depth, id), undefined]);
    }
    this.#next = to;
    setBuckets(this.top, parts);
    this.top.update(parts.map(({ id }) => id));
    return recordsOf(parts, whole, this.top.depth);
  }

  /** @throws AssertionError when the parts do not have the root of the whole */
  finish(root: Bytes): Top {
    assert(this.done && equalBytes(this.top.root, root), "a split changed the state root");
    return this.top;
  }
}

const recordsOf = (parts: readonly Bucket[], whole: readonly Write[], depth: number): Making =>
  function* (maker) {
    for (const [key, value] of whole) yield value === undefined ? [key, value] : maker.of(key, value);
    for (const { id, entries } of parts) {
      const key = bucketKey(depth, id);
      yield entries.length === 0 ? [key, undefined] : maker.of(key, entries);
    }
  };

/** All parts of a bucket, also empty ones. */
function partsOf(entries: Bytes, id: number, depth: number): Bucket[] {
  let parts = [{ id, from: 0, to: entryCount(entries) }];
  for (let level = 0; level < SPLIT_LEVELS; level++) {
    parts = parts.flatMap((part) => {
      const middle = split(entries, part.from, part.to, depth + level);
      return [
        { id: part.id * 2, from: part.from, to: middle },
        { id: part.id * 2 + 1, from: middle, to: part.to },
      ];
    });
  }
  return parts.map((part) => ({
    id: part.id,
    entries: part.from === part.to ? NONE : entries.subarray(part.from * ENTRY_BYTES, part.to * ENTRY_BYTES),
  }));
}
