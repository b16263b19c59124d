import { concat, equalBytes, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { leafHash } from "#proto/light/state-spec.js";
import type { Base, Write } from "#state/store/base.js";
import { leafOf } from "#state/tree/entries.js";
import { topBefore, type BucketRoot } from "#state/tree/overlay.js";
import type { ProofSource } from "#state/tree/prove.js";
import { subtreeRoots, wholeOf } from "#state/tree/subtree.js";
import { bucketOf, TOP_DEPTH_MAX, type Top, type TopReader } from "#state/tree/top.js";
import { Tree, type BucketChange, type TreeUpdate } from "#state/tree/tree.js";
import { BucketCache } from "./bucket-cache.js";
import { BucketSplit, setBuckets, SPLIT_LEVELS, storedBucket } from "./bucket-split.js";
import { given, type Making } from "../database/record-maker.js";
import { damaged, type Records } from "../database/records.js";
import { nameOf } from "./state-record.js";
import { bucketKey, byHeight, leafKeyKey, leafKeyRange } from "../database/tables.js";
import { checkpointRecords, type TreeHead } from "./tree-load.js";
import {
  readLeafKey,
  readUndoRoots,
  type RemovedLeaf,
  writeLeafKey,
  writeLeafNames,
  writeUndoRoots,
} from "./tree-record.js";

const NONE: Bytes = new Uint8Array(0);
/** Buckets that the writer keeps in memory, half a kilobyte each: those of many blocks, however large the state is. */
const CACHE_BUCKETS = 2 ** 17;
const DEPTH_MIN = 8;
const LEAVES_PER_BUCKET = 4;
/** Past this average the buckets are split in four: half of what an update writes would be leaves that did not change. */
const LEAVES_PER_BUCKET_MAX = 8;

/** A suitable depth for this number of leaves. */
export function depthFor(leaves: number): number {
  return Math.min(TOP_DEPTH_MAX, Math.max(DEPTH_MIN, Math.ceil(Math.log2(leaves / LEAVES_PER_BUCKET + 1))));
}

type RootsBefore = Pick<TreeUpdate, "buckets" | "rootsBefore">;

export interface TreeCommit {
  readonly root: Bytes;
  /** Database records. */
  readonly records: readonly Making[];
  /** The buckets were split: what was kept to prove earlier heights no longer fits. */
  readonly deepened: boolean;
}

/** The tree over this database: buckets, the names of leaves, and what proofs of earlier heights need. */
export class TreeStore {
  readonly #records: Records;
  readonly #bucketsCached: number;
  #buckets: BucketCache;
  /** The last update, until the database has it and after: its bucket roots before. */
  #last: ({ readonly height: bigint } & RootsBefore) | undefined;
  #forgotten: RemovedLeaf[] = [];
  #tree: Tree;
  #split: BucketSplit | undefined;
  #source:
    | {
        readonly height: bigint;
        readonly treeHeight: bigint;
        readonly top: TopReader;
        /** Buckets that are not what they were. */
        readonly changed: ReadonlyMap<number, BucketRoot>;
      }
    | undefined;

  /** @param bucketsCached maximum, a power of two; @param split the split under way, for the writer */
  constructor(
    records: Records,
    top: Top,
    leaves: number,
    {
      bucketsCached = CACHE_BUCKETS,
      split,
    }: { readonly bucketsCached?: number; readonly split?: BucketSplit | undefined } = {},
  ) {
    this.#records = records;
    this.#split = split;
    this.#bucketsCached = bucketsCached;
    this.#buckets = this.#cache(top.depth);
    this.#tree = this.#over(top, leaves);
  }

  get depth(): number {
    return this.#tree.top.depth;
  }

  get leaves(): number {
    return this.#tree.leaves;
  }

  get root(): Bytes {
    return this.#tree.root;
  }

  /** Whether the state has this value of the key of a hash, or none for undefined: a lost or stale record does not pass. */
  matches(keyHash: Bytes, value: Bytes | undefined): boolean {
    const leaf = leafOf(this.#bucket(bucketOf(keyHash, this.depth)), keyHash);
    if (leaf === undefined || value === undefined) return leaf === value;
    return equalBytes(leaf, leafHash(keyHash, value));
  }

  checkpoint(height: bigint): Write[] {
    return checkpointRecords(this.#tree.top, height);
  }

  /** Applies what a height changes. If the database then refuses the records, this object is of no more use. */
  apply(writes: readonly Write[], height: bigint, keyHashes?: readonly Bytes[]): TreeCommit {
    const update = this.#tree.apply(writes, keyHashes);
    for (const { id, after } of update.buckets) this.#buckets.set(id, after);
    this.#last = { height, buckets: update.buckets, rootsBefore: update.rootsBefore };
    const many = this.leaves > LEAVES_PER_BUCKET_MAX * 2 ** this.depth && this.depth + SPLIT_LEVELS <= TOP_DEPTH_MAX;
    if (many) this.#split ??= new BucketSplit(this.depth);
    const buckets =
      this.#split === undefined
        ? bucketRecords(update.buckets, this.depth)
        : this.#split.step(update.buckets, (id) => this.#bucket(id));
    const deepened = this.#split?.done === true;
    if (deepened) this.#deepen();
    const touched = new Set(update.keys.map(({ keyHash }) => nameOf(leafKeyKey(keyHash))));
    const undo: Write = [byHeight("undoRoots", height), writeUndoRoots(update)];
    const others = [[undo], nameRecords(update.keys, height), this.#forget(touched)].map(given);
    return { root: update.root, records: [buckets, ...others], deepened };
  }

  /**
   * Takes over what another thread changed from the height after `from` up to the head. False: it did not come out as
   * the head says, because that thread went on, or what tells the changes is gone; `from` stays what it was.
   */
  follow(from: bigint, head: TreeHead): boolean {
    const { top } = this.#tree;
    if (head.depth !== top.depth) return false;
    const changed = new Set<number>();
    for (let at = from + 1n; at <= head.height; at++) {
      const undo = this.#records.get(byHeight("undoRoots", at));
      if (undo === undefined) return false;
      for (const [id] of readUndoRoots(undo)) changed.add(id);
    }
    const ids = [...changed].sort((a, b) => a - b);
    const buckets = ids.map((id) => ({ id, entries: storedBucket(this.#records, top.depth, id) ?? NONE }));
    setBuckets(top, buckets);
    for (const { id, entries } of buckets) this.#buckets.set(id, entries);
    top.update(ids);
    this.#source = undefined;
    return equalBytes(top.root, head.root);
  }

  /** The next update deletes the names of these leaves, if they are still gone then. */
  forget(leaves: readonly RemovedLeaf[]): void {
    for (const leaf of leaves) this.#forgotten.push(leaf);
  }

  /**
   * The tree after `height`, to be used before the next update. `treeHeight` is the height of the last update.
   * @param values the state after `height`
   */
  source(height: bigint, treeHeight: bigint, values: Base): ProofSource {
    if (this.#source?.height !== height || this.#source.treeHeight !== treeHeight) this.#rewind(height, treeHeight);
    const { top, changed } = this.#source!;
    return {
      top,
      bucket: (id) => {
        const was = changed.get(id);
        return was === undefined ? this.#bucket(id).slice() : this.#bucketBefore(id, top.depth, was, values);
      },
      keyOf: (keyHash) => {
        const record = leafKeyKey(keyHash);
        const stored = this.#records.get(record) ?? this.#missing(record);
        return readLeafKey(stored).key;
      },
      valueOf: (key) => values.get(key),
    };
  }

  #cache(depth: number): BucketCache {
    return new BucketCache(Math.min(this.#bucketsCached, 2 ** depth));
  }

  #over(top: Top, leaves: number): Tree {
    return new Tree(top, { bucket: (id) => this.#bucket(id) }, leaves);
  }

  #bucket(id: number): Bytes {
    const cached = this.#buckets.get(id);
    if (cached !== undefined) return cached;
    const { top } = this.#tree;
    if (top.kind(2 ** top.depth + id) === 0) return NONE;
    const record = bucketKey(top.depth, id);
    const entries = storedBucket(this.#records, top.depth, id) ?? this.#missing(record);
    const root = subtreeRoots([wholeOf(entries, top.depth)]);
    if (!equalBytes(root, top.hash(2 ** top.depth + id))) {
      throw damaged(record, "does not have the hash that the state root commits to");
    }
    this.#buckets.set(id, entries);
    return entries;
  }

  /** A bucket as it was: of all keys that have a name below it, those that had a value then. */
  #bucketBefore(id: number, depth: number, { root }: BucketRoot, values: Base): Bytes {
    const leaves: Bytes[] = [];
    for (const [, stored] of this.#records.range(leafKeyRange(id, depth))) {
      const { key } = readLeafKey(stored);
      const value = values.get(key);
      const keyHash = sha256(key);
      if (value !== undefined) leaves.push(concat(keyHash, leafHash(keyHash, value)));
    }
    const entries = concat(...leaves);
    if (equalBytes(subtreeRoots([wholeOf(entries, depth)]), root)) return entries;
    throw damaged(bucketKey(depth, id), "cannot be made again from the history of its keys");
  }

  #missing(record: Bytes): never {
    throw damaged(record, "is missing");
  }

  /** Walks back from the last update: what a bucket was before the first change after `height` is what it was then. */
  #rewind(height: bigint, treeHeight: bigint): void {
    const before = new Map<number, BucketRoot>();
    for (let at = treeHeight; at > height; at--) {
      for (const [id, root] of this.#rootsBefore(at)) before.set(id, root);
    }
    this.#source = { height, treeHeight, top: topBefore(this.#tree.top, before), changed: before };
  }

  *#rootsBefore(height: bigint): Iterable<readonly [number, BucketRoot]> {
    if (this.#last?.height === height) {
      const { buckets, rootsBefore } = this.#last;
      for (const [i, { id, kindBefore }] of buckets.entries()) {
        yield [id, { root: rootsBefore.subarray(i * 32, i * 32 + 32), kind: kindBefore }];
      }
    } else {
      const record = byHeight("undoRoots", height);
      yield* readUndoRoots(this.#records.get(record) ?? this.#missing(record));
    }
  }

  #forget(touched: ReadonlySet<string>): Write[] {
    const out: Write[] = [];
    for (const { record, removedAt } of this.#forgotten) {
      const stored = touched.has(nameOf(record)) ? undefined : this.#records.get(record);
      if (stored !== undefined && readLeafKey(stored).removedAt === removedAt) out.push([record, undefined]);
    }
    this.#forgotten = [];
    return out;
  }

  /** The split has come to its end. */
  #deepen(): void {
    const top = this.#split!.finish(this.root);
    this.#split = undefined;
    this.#buckets = this.#cache(top.depth);
    this.#tree = this.#over(top, this.leaves);
  }
}

const bucketRecords = (changes: readonly BucketChange[], depth: number): Making =>
  function* (maker) {
    for (const { id, after } of changes) {
      if (after.length === 0) yield [bucketKey(depth, id), undefined];
      else {
        bucketKey(depth, id, maker);
        maker.value(after.length).set(after);
        yield maker.sealed();
      }
    }
  };

function* nameRecords(keys: TreeUpdate["keys"], height: bigint): Generator<Write, void, undefined> {
  for (const { key, keyHash, present } of keys) {
    yield [leafKeyKey(keyHash), writeLeafKey({ removedAt: present ? 0n : height, key })];
  }
  const removed = keys.filter(({ present }) => !present).map(({ keyHash }) => keyHash);
  if (removed.length > 0) yield [byHeight("undoKeys", height), writeLeafNames(removed)];
}
