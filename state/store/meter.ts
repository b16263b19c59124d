import type { Entry, Range } from "./base.js";
import type { WriteView } from "./view.js";

/**
 * Counts a transaction's state accesses; sizes in bytes. Its methods may throw to end the transaction. Counts depend
 * only on keys and values, never on caches, so they are equal on every validator.
 */
export interface Meter {
  /** A get; valueBytes is 0 if there is no value. */
  read(keyBytes: number, valueBytes: number): void;
  write(keyBytes: number, valueBytes: number): void;
  remove(keyBytes: number): void;
  /** One step of a range; 0 and 0 for the step that finds its end. */
  next(keyBytes: number, valueBytes: number): void;
}

/** The view with each access counted before its effect and before its result is used. */
export function metered(view: WriteView, meter: Meter): WriteView {
  return {
    get(key) {
      const value = view.get(key);
      meter.read(key.length, value?.length ?? 0);
      return value;
    },
    put(key, value) {
      meter.write(key.length, value.length);
      view.put(key, value);
    },
    delete(key) {
      meter.remove(key.length);
      view.delete(key);
    },
    range: (range) => meteredRange(view, meter, range),
  };
}

function* meteredRange(view: WriteView, meter: Meter, range: Range): Generator<Entry, void, undefined> {
  let left = range.limit ?? Infinity;
  for (const entry of view.range(range)) {
    meter.next(entry[0].length, entry[1].length);
    yield entry;
    if (--left === 0) return; // The limit ended it: no step was taken to find the end.
  }
  meter.next(0, 0);
}

/** Prices of state access in gas: the constants of Cosmos SDK 0.50 (store/types/gas.go, KVGasConfig). */
export const KV_GAS = {
  readFlat: 1000n,
  readPerByte: 3n,
  writeFlat: 2000n,
  writePerByte: 30n,
  removeFlat: 1000n,
  nextFlat: 30n,
} as const;

/** A meter that consumes gas by KV_GAS. */
export function gasMeter(consume: (gas: bigint) => void): Meter {
  const bytes = (a: number, b: number): bigint => BigInt(a + b);
  return {
    read: (key, value) => consume(KV_GAS.readFlat + KV_GAS.readPerByte * bytes(key, value)),
    write: (key, value) => consume(KV_GAS.writeFlat + KV_GAS.writePerByte * bytes(key, value)),
    remove: () => consume(KV_GAS.removeFlat),
    next: (key, value) => consume(KV_GAS.nextFlat + KV_GAS.readPerByte * bytes(key, value)),
  };
}
