import { compareBytes, type Bytes } from "#proto/bytes.js";

/** A key and its value; the map shares the value with its callers. */
export interface Slot<V> {
  readonly key: Bytes;
  value: V;
}

/** A full chunk splits in two halves. Small enough that an insertion moves little, large enough that chunks are few. */
const CHUNK_MAX = 128;

/** A map in the order of its keys' bytes: sorted chunks of slots, found by two binary searches. */
export class SortedMap<V> {
  readonly #chunks: Slot<V>[][] = [];
  #size = 0;

  /** Number of keys. */
  get size(): number {
    return this.#size;
  }

  /** The slot of a key. */
  find(key: Bytes): Slot<V> | undefined {
    const chunk = this.#chunks[this.#chunkOf(key)];
    if (chunk === undefined) return undefined;
    const slot = chunk[lowerBound(chunk, key)];
    return slot !== undefined && compareBytes(slot.key, key) === 0 ? slot : undefined;
  }

  /** Adds or replaces a key. */
  set(key: Bytes, value: V): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([{ key, value }]);
      this.#size++;
      return;
    }
    const index = lowerBound(chunk, key);
    const slot = chunk[index];
    if (slot !== undefined && compareBytes(slot.key, key) === 0) {
      slot.value = value;
      return;
    }
    chunk.splice(index, 0, { key, value });
    this.#size++;
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_MAX / 2));
  }

  /** Removes a key if it is present. */
  delete(key: Bytes): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    const index = lowerBound(chunk, key);
    const slot = chunk[index];
    if (slot === undefined || compareBytes(slot.key, key) !== 0) return;
    chunk.splice(index, 1);
    this.#size--;
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** Removes all keys. */
  clear(): void {
    this.#chunks.length = 0;
    this.#size = 0;
  }

  /** The slot with the least key. */
  first(): Slot<V> | undefined {
    return this.#chunks[0]?.[0];
  }

  /** The slot with the greatest key. */
  last(): Slot<V> | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  /** The first slot at or above `key`; strictly above when not inclusive. */
  atOrAbove(key: Bytes, inclusive: boolean): Slot<V> | undefined {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return undefined;
    let index = lowerBound(chunk, key);
    const slot = chunk[index];
    if (!inclusive && slot !== undefined && compareBytes(slot.key, key) === 0) index++;
    return chunk[index] ?? this.#chunks[at + 1]?.[0];
  }

  /** The last slot strictly below `key`. */
  below(key: Bytes): Slot<V> | undefined {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return undefined;
    const index = lowerBound(chunk, key);
    return index > 0 ? chunk[index - 1] : this.#chunks[at - 1]?.at(-1);
  }

  /** All slots in order. The map must not change meanwhile. */
  *slots(): Generator<Slot<V>, void, undefined> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** Index of the chunk that holds `key` or would: the last whose first key is not above it. */
  #chunkOf(key: Bytes): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(this.#chunks[middle]![0]!.key, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : low - 1;
  }
}

/** Index of the first slot whose key is not below `key`. */
function lowerBound<V>(chunk: readonly Slot<V>[], key: Bytes): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(chunk[middle]!.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
