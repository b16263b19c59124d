import { Arena } from "#proto/arena.js";
import { compareBytes, equalBytes, readU32be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { leafHash } from "#proto/light/state-spec.js";
import type { Write } from "../store/base.js";
import { assertEntries, editEntries, entryCount, leafOf, type Edit } from "./entries.js";
import { subtreeRoots, wholeOf } from "./subtree.js";
import type { Top } from "./top.js";
import { kindOf, type Kind } from "./top.js";

/** Where the buckets are kept: packed entries, none of length zero. */
export interface BucketReader {
  /** The bytes stay as they are until the next bucket is asked for. */
  bucket(id: number): Bytes;
}

/** A bucket that an update changed. */
export interface BucketChange {
  readonly id: number;
  /** For a short time only: it is part of a larger block. */
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

  /**
   * Applies sorted or unsorted writes, each key once. The top changes at once; the caller keeps the buckets.
   * @param keyHashes SHA-256 of their keys, from a caller who has them already
   */
  apply(writes: readonly Write[], keyHashes: readonly Bytes[] = writes.map(([key]) => sha256(key))): TreeUpdate {
    const { depth } = this.top;
    const edits = editsOf(writes, keyHashes);
    const arena = new Arena();
    const changes: Changed[] = [];
    const keys: KeyChange[] = [];
    for (let from = 0, to = 0; from < edits.length; from = to) {
      const id = edits[from]!.first >>> (32 - depth);
      while (to < edits.length && edits[to]!.first >>> (32 - depth) === id) to++;
      const before = this.#reader.bucket(id);
      assertEntries(before);
      const after = editEntries(before, edits, from, to, arena);
      for (let i = from; i < to; i++) {
        const { key, keyHash, leaf } = edits[i]!;
        if ((leafOf(before, keyHash) !== undefined) !== (leaf !== undefined))
          keys.push({ key, keyHash, present: leaf !== undefined });
      }
      if (equalBytes(before, after)) continue;
      this.#leaves += entryCount(after) - entryCount(before);
      changes.push({ id, after });
    }
    const buckets = this.#setBuckets(changes);
    return { root: this.root, buckets, keys };
  }

  #setBuckets(changes: readonly Changed[]): BucketChange[] {
    const { top } = this;
    const roots = subtreeRoots(changes.map(({ after }) => wholeOf(after, top.depth)));
    const before = new Uint8Array(changes.length * 32);
    const out = changes.map(({ id, after }, i) => {
      const node = 2 ** top.depth + id;
      const rootBefore = before.subarray(i * 32, i * 32 + 32);
      rootBefore.set(top.hash(node));
      const change = { id, after, rootBefore, kindBefore: top.kind(node) };
      top.setBucket(id, roots.subarray(i * 32, i * 32 + 32), kindOf(entryCount(after)));
      return change;
    });
    top.update(changes.map(({ id }) => id));
    return out;
  }
}

type Changed = Pick<BucketChange, "id" | "after">;
/** `first`: the first 32 bits of the key hash. */
type KeyEdit = Edit & { readonly key: Bytes; readonly first: number };

function editsOf(writes: readonly Write[], keyHashes: readonly Bytes[]): KeyEdit[] {
  const edits = writes.map(([key, value], i): KeyEdit => {
    const keyHash = keyHashes[i]!;
    const leaf = value === undefined ? undefined : leafHash(keyHash, value);
    return { key, keyHash, first: readU32be(keyHash), leaf };
  });
  return edits.sort((a, b) => a.first - b.first || compareBytes(a.keyHash, b.keyHash));
}
