import { compareBytes, readU64be, utf8, type Bytes } from "../bytes.js";
import { sha256 } from "../crypto/hash.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { SET_FINGERPRINTS_MAX } from "./limits.js";
import { tokenize, type Tokens } from "./text.js";

/**
 * fp = first 8 bytes of SHA-256("poa1/fp" || 00 || u8 normId || u8 k || (1F || UTF-8 token) x k), one for each position
 * of k tokens (README). Lists are packed: 8 bytes each, big-endian, so byte order is numeric order.
 */
export const FINGERPRINT_BYTES = 8;

/** How a datanet fingerprints text. normId 1 is natural language; k is 5 to 8, or 13 for code and legal boilerplate. */
export interface TextProfile {
  readonly normId: number;
  readonly k: number;
}
/** The recommended profile: natural language, k = 6. */
export const DEFAULT_PROFILE: TextProfile = { normId: 1, k: 6 };

/** Undefined for a known profile, else poa/unknownProfile. */
export function checkProfile({ normId, k }: TextProfile): Rejection | undefined {
  const known = normId === 1 && (k === 13 || (Number.isInteger(k) && k >= 5 && k <= 8));
  return known ? undefined : reject(poaErrors.unknownProfile, { normId, k });
}

/** Packed fingerprints in position order: max(0, tokens.count - k + 1) of them. Needs a checked profile. */
export function fingerprintsOf(tokens: Tokens, { normId, k }: TextProfile): Bytes {
  const positions = Math.max(0, tokens.count - k + 1);
  const out = new Uint8Array(positions * FINGERPRINT_BYTES);
  const head = utf8("poa1/fp");
  let buffer = new Uint8Array(1024);
  for (let i = 0; i < positions; i++) {
    const window = tokens.bytes.subarray(tokens.starts[i]!, tokens.starts[i + k]!);
    const size = head.length + 3 + window.length;
    if (size > buffer.length) buffer = new Uint8Array(2 * size);
    buffer.set(head);
    buffer.set([0, normId, k], head.length);
    buffer.set(window, head.length + 3);
    out.set(sha256(buffer.subarray(0, size)).subarray(0, FINGERPRINT_BYTES), i * FINGERPRINT_BYTES);
  }
  return out;
}

/** The fingerprints of one text. */
export interface TextPrint {
  readonly tokenCount: number;
  /** Packed, in position order, with repetitions. */
  readonly positions: Bytes;
}

/**
 * Tokenizes and fingerprints one text. Rejects an unknown profile and text that `tokenize` rejects.
 * @param text UTF-8 bytes or a string, at most TEXT_BYTES_MAX
 */
export function printText(text: Bytes | string, profile: TextProfile): TextPrint | Rejection {
  const refusal = checkProfile(profile);
  if (refusal !== undefined) return refusal;
  const tokens = tokenize(text);
  if (isRejection(tokens)) return tokens;
  return { tokenCount: tokens.count, positions: fingerprintsOf(tokens, profile) };
}

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
