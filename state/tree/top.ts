import { assert } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { backend } from "#proto/crypto/backend.js";
import { copyWords, HASH_WORDS } from "./packed.js";

/** How many leaves lie below a node, as far as its hash cares: none (zeros), one (that leaf), more (an inner node). */
export type Kind = 0 | 1 | 2;
/** 0 for no leaf, 1 for one, 2 for more. */
export const kindOf = (leaves: number): Kind => (leaves > 2 ? 2 : (leaves as Kind));

/** Deeper tops cost 64 bytes of memory a bucket; 2^26 buckets of 4 leaves are 268 million keys. */
export const TOP_DEPTH_MAX = 26;
/** From this share of a level on, hashing all of it in place is faster than gathering the changed nodes. */
const WHOLE_LEVEL_SHARE = 3;

/** Reads nodes of the top. Node 1 is the root, the children of i are 2i and 2i+1, bucket b is node 2^depth + b. */
export interface TopReader {
  readonly depth: number;
  /** 32 bytes, a view of the tree's memory that changes with it. @param node heap index: 1 is the root, 2n and 2n + 1 are the children of n */
  hash(node: number): Bytes;
  /** Number of leaves below a node: none, one or more. @param node heap index */
  kind(node: number): Kind;
}

/** The upper levels of the tree as one dense heap: siblings lie next to each other, as the hash of their parent wants. */
export class Top implements TopReader {
  readonly depth: number;
  readonly #hashes: Bytes;
  /** The same memory: eight words are copied in a tenth of the time that two views take. */
  readonly #words: Int32Array;
  readonly #kinds: Bytes;

  constructor(depth: number) {
    assert(Number.isInteger(depth) && depth >= 1 && depth <= TOP_DEPTH_MAX, `the top cannot have depth ${depth}`);
    this.depth = depth;
    this.#hashes = new Uint8Array(64 * 2 ** depth);
    this.#words = new Int32Array(this.#hashes.buffer);
    this.#kinds = new Uint8Array(2 * 2 ** depth);
  }

  hash(node: number): Bytes {
    return this.#hashes.subarray(node * 32, node * 32 + 32);
  }

  kind(node: number): Kind {
    return this.#kinds[node] as Kind;
  }

  /** The root hash, a copy. */
  get root(): Bytes {
    return this.hash(1).slice();
  }

  /** Sets the roots of buckets; `update` then carries them up. */
  setBucket(id: number, root: Bytes, kind: Kind): void {
    const node = 2 ** this.depth + id;
    this.#hashes.set(root, node * 32);
    this.#kinds[node] = kind;
  }

  /**
   * As `setBucket`, with the root at `at` of some words, which get the root before.
   * @returns the kind before
   */
  swapBucket(id: number, words: Int32Array, at: number, kind: Kind): Kind {
    const node = 2 ** this.depth + id;
    const before = this.#kinds[node] as Kind;
    this.#kinds[node] = kind;
    for (let i = 0; i < HASH_WORDS; i++) {
      const word = words[at + i]!;
      words[at + i] = this.#words[node * HASH_WORDS + i]!;
      this.#words[node * HASH_WORDS + i] = word;
    }
    return before;
  }

  /** Hashes of all buckets and their kinds, as `restore` takes them. */
  buckets(): { readonly hashes: Bytes; readonly kinds: Bytes } {
    const first = 2 ** this.depth;
    return { hashes: this.#hashes.subarray(first * 32), kinds: this.#kinds.subarray(first) };
  }

  /** Carries the changed buckets up to the root. Ids are sorted, each once. */
  update(ids: readonly number[]): void {
    const dirty = Int32Array.from(ids, (id) => 2 ** this.depth + id);
    let count = dirty.length;
    while (count > 0 && dirty[0] !== 1) {
      const nodes = count;
      count = 0;
      for (let i = 0, last = 0; i < nodes; i++) {
        const parent = dirty[i]! >>> 1;
        if (parent !== last) dirty[count++] = last = parent;
      }
      this.#rehash(dirty.subarray(0, count));
    }
  }

  /** Carries all buckets up to the root. */
  updateAll(): void {
    for (let level = this.depth - 1; level >= 0; level--) this.#rehashLevel(2 ** level);
  }

  /** @param parents nodes of one level, sorted */
  #rehash(parents: Int32Array): void {
    const first = 2 ** (31 - Math.clz32(parents[0]!));
    if (parents.length * WHOLE_LEVEL_SHARE > first) return this.#rehashLevel(first);
    const blocks = new Uint8Array(parents.length * 64);
    const blockWords = new Int32Array(blocks.buffer);
    let inner = 0;
    for (const node of parents) {
      if (this.#passUp(node)) {
        copyWords(this.#words, node * 2 * HASH_WORDS, blockWords, inner++ * 2 * HASH_WORDS, 2 * HASH_WORDS);
      }
    }
    if (inner === 0) return;
    const hashes = new Uint8Array(inner * 32);
    const hashWords = new Int32Array(hashes.buffer);
    backend().sha256Pairs(blocks.subarray(0, inner * 64), hashes);
    let hash = 0;
    for (const node of parents) {
      if (this.#kinds[node] === 2) {
        copyWords(hashWords, hash++ * HASH_WORDS, this.#words, node * HASH_WORDS, HASH_WORDS);
      }
    }
  }

  #rehashLevel(first: number): void {
    const hashes = this.#hashes;
    backend().sha256Pairs(hashes.subarray(first * 64, first * 128), hashes.subarray(first * 32, first * 64));
    for (let node = first; node < 2 * first; node++) this.#passUp(node);
  }

  /** Sets the kind of a node, and its hash unless it is an inner node; tells whether it is one. */
  #passUp(node: number): boolean {
    const left = this.#kinds[2 * node]!;
    const right = this.#kinds[2 * node + 1]!;
    const kind = kindOf(left + right);
    this.#kinds[node] = kind;
    if (kind === 2) return true;
    const from = left === 1 ? 2 * node : 2 * node + 1; // Of two empty children, either gives the zeros.
    copyWords(this.#words, from * HASH_WORDS, this.#words, node * HASH_WORDS, HASH_WORDS);
    return false;
  }
}

/** Bucket of a key hash: its first `depth` bits. */
export function bucketOf(keyHash: Bytes, depth: number): number {
  const bits = ((keyHash[0]! << 24) | (keyHash[1]! << 16) | (keyHash[2]! << 8) | keyHash[3]!) >>> 0;
  return bits >>> (32 - depth);
}
