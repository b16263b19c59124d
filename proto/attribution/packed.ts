import { compareBytes, readU64be, type Bytes } from "../bytes.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { SET_FINGERPRINTS_MAX } from "./limits.js";

/** Fingerprints in packed lists: 8 bytes each, big-endian, so byte order is numeric order. */
export const FINGERPRINT_BYTES = 8;

/**
 * The distinct fingerprints, ascending, packed: the form of a committed set. For several records pass the
 * concatenation.
 */
export function distinctSorted(packed: Bytes): Bytes {
  const values = new BigUint64Array(packed.length / FINGERPRINT_BYTES);
  const source = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  for (let i = 0; i < values.length; i++) values[i] = source.getBigUint64(i * FINGERPRINT_BYTES);
  values.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const out = new Uint8Array(packed.length);
  const target = new DataView(out.buffer);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (i > 0 && values[i] === values[i - 1]) continue;
    target.setBigUint64(FINGERPRINT_BYTES * count++, values[i]!);
  }
  return out.slice(0, count * FINGERPRINT_BYTES);
}

/**
 * Undefined if the packed list is whole, strictly ascending and has at most SET_FINGERPRINTS_MAX entries; else
 * poa/notWhole, poa/tooMany or poa/notSorted.
 */
export function checkSet(packed: Bytes): Rejection | undefined {
  const refusal = checkPacked("fingerprints", packed, SET_FINGERPRINTS_MAX);
  if (refusal !== undefined) return refusal;
  for (let at = FINGERPRINT_BYTES; at < packed.length; at += FINGERPRINT_BYTES) {
    const previous = packed.subarray(at - FINGERPRINT_BYTES, at);
    if (compareBytes(previous, packed.subarray(at, at + FINGERPRINT_BYTES)) >= 0) {
      return reject(poaErrors.notSorted, { field: "fingerprints", index: at / FINGERPRINT_BYTES });
    }
  }
  return undefined;
}

/**
 * Undefined if the packed list has whole fingerprints, at most `max`; else poa/notWhole or poa/tooMany.
 * @param field name for the rejection
 */
export function checkPacked(field: string, packed: Bytes, max: number): Rejection | undefined {
  if (packed.length % FINGERPRINT_BYTES !== 0) return reject(poaErrors.notWhole, { field, size: packed.length });
  const count = packed.length / FINGERPRINT_BYTES;
  return count > max ? reject(poaErrors.tooMany, { field, count, max }) : undefined;
}

/** Number of fingerprints in a packed list. */
export function fingerprintCount(packed: Bytes): number {
  return packed.length / FINGERPRINT_BYTES;
}

/** The fingerprint at an index of a packed list, as u64. Needs index < fingerprintCount. */
export function fingerprintAt(packed: Bytes, index: number): bigint {
  return readU64be(packed, index * FINGERPRINT_BYTES);
}

/** The fingerprint with these upper and lower 32 bits. */
export function fingerprintOf(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
