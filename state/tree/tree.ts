import { compareBytes, equalBytes, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { leafHash } from "#proto/light/state-spec.js";
import type { Write } from "../store/base.js";
import { assertEntries, editEntries, entryCount, leafOf, type Edit } from "./entries.js";
import { subtreeRoots, wholeOf } from "./subtree.js";
import type { Top } from "./top.js";
import { bucketOf, kindOf, type Kind } from "./top.js";

/** Where the buckets are kept: packed entries, none of length zero. */
export interface BucketReader {
  bucket(id: number): Bytes;
}

/** A bucket that an update changed, and what it was. */
export interface BucketChange {
  readonly id: number;
  readonly before: Bytes;
  readonly after: Bytes;
  readonly rootBefore: Bytes;
  readonly kindBefore: Kind;
}

/** A leaf that came or went: who can prove absence must be able to name its neighbours' keys. */
export interface KeyChange {
  readonly key: Bytes;
  readonly keyHash: Bytes;
  readonly present: boolean;
}

export interface TreeUpdate {
  readonly root: Bytes;
  /** Sorted by id. */
  readonly buckets: readonly BucketChange[];
  readonly keys: readonly KeyChange[];
}

/**
 * The authenticated state: a sparse Merkle tree over key hashes. The levels of the top are in memory, the leaves below
 * it in buckets that somebody else keeps. Where the line between them runs never changes the root.
 */
export class Tree {
  readonly top: Top;
  readonly #reader: BucketReader;
  #leaves: number;

  /** @param leaves how many the buckets hold; @param top its buckets already set and carried up */
  constructor(top: Top, reader: BucketReader, leaves: number) {
    this.top = top;
    this.#reader = reader;
    this.#leaves = leaves;
  }

  get root(): Bytes {
    return this.top.root;
  }

  get leaves(): number {
    return this.#leaves;
  }

  /** Applies sorted or unsorted writes, each key once. The top changes at once; the caller keeps the buckets. */
  apply(writes: readonly Write[]): TreeUpdate {
    const edits = editsOf(writes);
    const changes: { id: number; before: Bytes; after: Bytes }[] = [];
    const keys: KeyChange[] = [];
    for (let from = 0, to = 0; from < edits.length; from = to) {
      const id = bucketOf(edits[from]!.keyHash, this.top.depth);
      while (to < edits.length && bucketOf(edits[to]!.keyHash, this.top.depth) === id) to++;
      const before = this.#reader.bucket(id);
      assertEntries(before);
      const after = editEntries(before, edits, from, to);
      for (let i = from; i < to; i++) {
        const { key, keyHash, leaf } = edits[i]!;
        if ((leafOf(before, keyHash) !== undefined) !== (leaf !== undefined))
          keys.push({ key, keyHash, present: leaf !== undefined });
      }
      if (!equalBytes(before, after)) changes.push({ id, before, after });
    }
    const buckets = this.#setBuckets(changes);
    return { root: this.root, buckets, keys };
  }

  #setBuckets(changes: readonly { id: number; before: Bytes; after: Bytes }[]): BucketChange[] {
    const { top } = this;
    const roots = subtreeRoots(changes.map(({ after }) => wholeOf(after, top.depth)));
    const out = changes.map(({ id, before, after }, i) => {
      const node = 2 ** top.depth + id;
      const change = { id, before, after, rootBefore: top.hash(node).slice(), kindBefore: top.kind(node) };
      top.setBucket(id, roots.subarray(i * 32, i * 32 + 32), kindOf(entryCount(after)));
      this.#leaves += entryCount(after) - entryCount(before);
      return change;
    });
    top.update(changes.map(({ id }) => id));
    return out;
  }
}

type KeyEdit = Edit & { readonly key: Bytes };

function editsOf(writes: readonly Write[]): KeyEdit[] {
  const edits = writes.map(([key, value]): KeyEdit => {
    const keyHash = sha256(key);
    return { key, keyHash, leaf: value === undefined ? undefined : leafHash(keyHash, value) };
  });
  return edits.sort((a, b) => compareBytes(a.keyHash, b.keyHash));
}
