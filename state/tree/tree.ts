import { compareBytes, readU32be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { leafHashInto } from "#proto/light/state-spec.js";
import type { Write } from "../store/base.js";
import { HASH_WORDS, Packed } from "./packed.js";
import { packedRoots } from "./subtree.js";
import { bucketOf, kindOf, type Kind, type Top } from "./top.js";

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
  readonly kindBefore: Kind;
}

/** A leaf that came or went: who can prove absence must be able to name its neighbours' keys. */
export interface KeyChange {
  readonly key: Bytes;
  readonly keyHash: Bytes;
  readonly present: boolean;
}

/** The result of an update: the new root, and the changed buckets to store. */
export interface TreeUpdate {
  readonly root: Bytes;
  /** Sorted by id. */
  readonly buckets: readonly BucketChange[];
  /** Their previous roots, in their order, 32 bytes each. */
  readonly rootsBefore: Bytes;
  readonly keys: readonly KeyChange[];
}

/**
 * The authenticated state: a sparse Merkle tree over key hashes. The levels of the top are in memory, the leaves below
 * it in buckets that the caller stores. The depth of the boundary never affects the root.
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

  /** The root, 32 bytes. */
  get root(): Bytes {
    return this.top.root;
  }

  /** Number of leaves. */
  get leaves(): number {
    return this.#leaves;
  }

  /**
   * Applies sorted or unsorted writes, each key once. The top changes at once; the caller keeps the buckets.
   * @param keyHashes SHA-256 of their keys, from a caller who has them already
   */
  apply(writes: readonly Write[], keyHashes: readonly Bytes[] = writes.map(([key]) => sha256(key))): TreeUpdate {
    const { depth } = this.top;
    const order = orderOf(keyHashes);
    const packed = new Packed(LIKELY_LEAVES * writes.length);
    const ids: number[] = [];
    const ends: number[] = [];
    const keys: KeyChange[] = [];
    const leaf = new Uint8Array(32);
    for (let next = 0; next < order.length;) {
      const id = bucketOf(keyHashes[order[next]!]!, depth);
      const from = packed.count;
      packed.append(this.#reader.bucket(id));
      const before = packed.count;
      let changed = false;
      for (; next < order.length && bucketOf(keyHashes[order[next]!]!, depth) === id; next++) {
        const [key, value] = writes[order[next]!]!;
        const keyHash = keyHashes[order[next]!]!;
        if (value !== undefined) leafHashInto(keyHash, value, leaf);
        const effect = packed.edit(from, keyHash, value === undefined ? undefined : leaf);
        if (effect === undefined) continue;
        changed = true;
        if (effect !== "replaced") keys.push({ key, keyHash, present: effect === "added" });
      }
      if (!changed) {
        packed.cut(from);
        continue;
      }
      this.#leaves += packed.count - before;
      ids.push(id);
      ends.push(packed.count);
    }
    const { buckets, rootsBefore } = this.#setBuckets(ids, ends, packed);
    return { root: this.root, buckets, rootsBefore, keys };
  }

  #setBuckets(
    ids: readonly number[],
    ends: readonly number[],
    packed: Packed,
  ): Pick<TreeUpdate, "buckets" | "rootsBefore"> {
    const { top } = this;
    const roots = packedRoots(packed, ends, () => top.depth);
    const buckets = ids.map((id, i): BucketChange => {
      const from = i === 0 ? 0 : ends[i - 1]!;
      const kindBefore = top.swapBucket(id, roots, i * HASH_WORDS, kindOf(ends[i]! - from));
      return { id, after: packed.slice(from, ends[i]!), kindBefore };
    });
    top.update(ids);
    return { buckets, rootsBefore: new Uint8Array(roots.buffer) };
  }
}

/** Of a bucket that changes; more only cost that memory grows. */
const LIKELY_LEAVES = 6;

/** Places of the hashes in their order. */
function orderOf(keyHashes: readonly Bytes[]): Uint32Array {
  const first = Uint32Array.from(keyHashes, (keyHash) => readU32be(keyHash));
  const order = Uint32Array.from(keyHashes, (_, i) => i);
  return order.sort((a, b) => first[a]! - first[b]! || compareBytes(keyHashes[a]!, keyHashes[b]!));
}
