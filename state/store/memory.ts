import { compareBytes, type Bytes } from "#proto/bytes.js";
import type { Base, Entry, Range, Write } from "./base.js";
import { SortedMap, type Slot } from "./sorted-map.js";

/** A base in memory, for tests, the simulation and genesis. */
export class MemoryBase implements Base {
  readonly #map = new SortedMap<Bytes>();

  /** Number of keys. */
  get size(): number {
    return this.#map.size;
  }

  get(key: Bytes): Bytes | undefined {
    return this.#map.find(key)?.value;
  }

  *range(range: Range): Generator<Entry, void, undefined> {
    let left = range.limit ?? Infinity;
    let slot = first(this.#map, range);
    while (slot !== undefined && left-- > 0 && inside(slot.key, range)) {
      yield [slot.key, slot.value];
      slot = range.reverse ? this.#map.below(slot.key) : this.#map.atOrAbove(slot.key, false);
    }
  }

  /** Sets each key to its value; undefined deletes it. */
  apply(writes: Iterable<Write>): void {
    for (const [key, value] of writes) {
      if (value === undefined) this.#map.delete(key);
      else this.#map.set(key, value);
    }
  }
}

/** The slot at which a range begins; it may be outside the range. */
export function first<V>(map: SortedMap<V>, { from, to, reverse }: Range): Slot<V> | undefined {
  if (reverse) return to === undefined ? map.last() : map.below(to);
  return from === undefined ? map.first() : map.atOrAbove(from, true);
}

/** Whether a key is inside a range. */
export function inside(key: Bytes, { from, to }: Range): boolean {
  return (from === undefined || compareBytes(key, from) >= 0) && (to === undefined || compareBytes(key, to) < 0);
}
