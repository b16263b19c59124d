import { compareBytes, readU64be, utf8, type Bytes } from "../bytes.js";
import { sha256 } from "../crypto/hash.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { SET_FINGERPRINTS_MAX } from "./limits.js";
import { tokenize, type Tokens } from "./text.js";

/**
 * fp = first 8 bytes of SHA-256("poa1/fp" || 00 || u8 normId || u8 k || (1F || UTF-8 token) x k), one for each position of
 * k tokens (README). Lists are packed: 8 bytes each, big-endian, so byte order is number order.
 */
export const FINGERPRINT_BYTES = 8;

/** How a datanet reads text. normId 1 is natural language; k is 5 to 8, or 13 for code and legal boilerplate. */
export interface TextProfile {
  readonly normId: number;
  readonly k: number;
}
export const DEFAULT_PROFILE: TextProfile = { normId: 1, k: 6 };

export function checkProfile({ normId, k }: TextProfile): Rejection | undefined {
  const known = normId === 1 && (k === 13 || (Number.isInteger(k) && k >= 5 && k <= 8));
  return known ? undefined : reject(poaErrors.unknownProfile, { normId, k });
}

/** Packed fingerprints in position order; `tokens.count - k + 1` of them, or none. Needs a profile that was checked. */
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

/** What one text commits to. */
export interface TextPrint {
  readonly tokenCount: number;
  /** Packed, in position order, with repetitions: what an answer commits to. */
  readonly positions: Bytes;
}

/** @param text UTF-8 bytes or a string; at most TEXT_BYTES_MAX */
export function printText(text: Bytes | string, profile: TextProfile): TextPrint | Rejection {
  const refusal = checkProfile(profile);
  if (refusal !== undefined) return refusal;
  const tokens = tokenize(text);
  if (isRejection(tokens)) return tokens;
  return { tokenCount: tokens.count, positions: fingerprintsOf(tokens, profile) };
}

/** Sorted and distinct, packed: the form of a committed set. Several records of one contribution: concatenate first. */
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

/** Undefined for a packed list that is whole, strictly ascending and within the tier's size. */
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

/** Undefined for a packed list of whole fingerprints, at most `max` of them. */
export function checkPacked(field: string, packed: Bytes, max: number): Rejection | undefined {
  if (packed.length % FINGERPRINT_BYTES !== 0) return reject(poaErrors.notWhole, { field, size: packed.length });
  const count = packed.length / FINGERPRINT_BYTES;
  return count > max ? reject(poaErrors.tooMany, { field, count, max }) : undefined;
}

export function fingerprintCount(packed: Bytes): number {
  return packed.length / FINGERPRINT_BYTES;
}

export function fingerprintAt(packed: Bytes, index: number): bigint {
  return readU64be(packed, index * FINGERPRINT_BYTES);
}
