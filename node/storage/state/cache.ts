/**
 * A bounded map that forgets what was not asked for lately: two generations, of which the older one is dropped when the
 * younger one is full. Cheaper than a linked list, and no answer depends on it.
 */
export class Cache<K, V> {
  readonly #entriesMax: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  /** Holds between `entriesMax` and twice as many. */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  has(key: K): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined || this.#young.has(key)) return value;
    const old = this.#old.get(key);
    if (old !== undefined || this.#old.has(key)) this.set(key, old as V);
    return old;
  }

  set(key: K, value: V): void {
    this.#young.set(key, value);
    if (this.#young.size <= this.#entriesMax) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }
}
