/** A map of at most `max` entries. A key that is set becomes the newest; the oldest gives way. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #max: number;

  constructor(max: number) {
    super();
    this.#max = max;
  }

  override set(key: K, value: V): this {
    this.delete(key);
    super.set(key, value);
    if (this.size > this.#max) this.delete(this.keys().next().value!); // A Map keeps the order of insertion.
    return this;
  }
}

/** A set of at most `max` values. A value that is added becomes the newest; the oldest gives way. */
export class BoundedSet<T> extends Set<T> {
  readonly #max: number;

  constructor(max: number) {
    super();
    this.#max = max;
  }

  override add(value: T): this {
    this.delete(value);
    super.add(value);
    if (this.size > this.#max) this.delete(this.values().next().value!);
    return this;
  }
}
