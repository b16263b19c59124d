import { concat, u32be, u64be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { Write } from "#state/store/base.js";

/** What one block changes: existing keys and new ones, uniformly spread. */
export const UPDATES = 5000;
export const INSERTS = 500;
export const VALUE_BYTES = 80;

/** Keys of 41 bytes, incompressible and spread uniformly, as values are: the worst case for locality. */
export const keyOf = (i: number): Bytes => concat(Uint8Array.of(2, 1), sha256(u32be(i)), u64be(BigInt(i)).subarray(1));

export function valueOf(i: number, salt: number, length = VALUE_BYTES): Bytes {
  const out = new Uint8Array(length);
  for (let at = 0, part = sha256(u32be(i), u32be(salt)); at < length; at += 32, part = sha256(part)) {
    out.set(part.subarray(0, Math.min(32, length - at)), at);
  }
  return out;
}

/** The writes of a round: the same in each run. `keys` are there before the first round. */
export function roundWrites(round: number, keys: number): Write[] {
  const out = new Map<number, Write>();
  for (let i = 0; out.size < UPDATES; i++) {
    const at = (Math.imul(i + round * 104_729, 2_654_435_761) >>> 0) % keys;
    out.set(at, [keyOf(at), valueOf(at, round)]);
  }
  const inserts = Array.from({ length: INSERTS }, (_, i): Write => {
    const at = keys + round * INSERTS + i;
    return [keyOf(at), valueOf(at, round)];
  });
  return [...out.values(), ...inserts];
}

/** All keys in batches. */
export function* prefill(keys: number, batch: number, valueBytes: number): Generator<Write[], void, undefined> {
  for (let first = 0; first < keys; first += batch) {
    yield Array.from({ length: Math.min(batch, keys - first) }, (_, i): Write => [
      keyOf(first + i),
      valueOf(first + i, 0, valueBytes),
    ]);
  }
}
