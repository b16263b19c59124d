import { AssertionError } from "./assert.js";

/** Byte strings, with helpers that need no platform and give equal results on every engine. Integers are big-endian. */
export type Bytes = Uint8Array;

const HEX = "0123456789abcdef";

/** Lower-case hex. */
export function toHex(bytes: Bytes): string {
  let out = "";
  for (const byte of bytes) out += HEX[byte >> 4]! + HEX[byte & 15]!;
  return out;
}

/** Decodes lower- or upper-case hex of even length; undefined for anything else. */
export function fromHex(text: string): Bytes | undefined {
  if (text.length % 2 !== 0) return undefined;
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) {
    const high = nibble(text.charCodeAt(2 * i));
    const low = nibble(text.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) return undefined;
    out[i] = (high << 4) | low;
  }
  return out;
}

function nibble(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  return -1;
}

/** One new byte string from all parts. */
export function concat(...parts: readonly Bytes[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Whether both have the same length and content. Not constant-time: for public data only. */
export function equalBytes(a: Bytes, b: Bytes): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic order, as in the database and the tree: negative, zero or positive. */
export function compareBytes(a: Bytes, b: Bytes): number {
  const shorter = a.length < b.length ? a.length : b.length;
  for (let i = 0; i < shorter; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 of a well-formed string. The caller guarantees that there are no lone surrogates (input passes `utf8Text`). */
export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** Decodes strict UTF-8; undefined for malformed bytes. Keeps a byte order mark. */
export function utf8Text(bytes: Bytes): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined; // The decoder's only failure is malformed input.
  }
}

// Written out byte by byte: a DataView for each number was a tenth of what committing a block cost.
/** 4 bytes. Higher bits of the value are dropped: the caller guarantees the range. */
export function u32be(value: number): Bytes {
  const out = new Uint8Array(4);
  writeU32be(out, 0, value);
  return out;
}

/** Writes 4 bytes at an offset. The caller guarantees range and room. */
export function writeU32be(out: Bytes, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}

/** 8 bytes. AssertionError for a value outside 0 to 2^64 - 1. */
export function u64be(value: bigint): Bytes {
  const out = new Uint8Array(8);
  writeU64be(out, 0, value);
  return out;
}

/** Writes 8 bytes at an offset. AssertionError as `u64be`; the caller guarantees the room. */
export function writeU64be(out: Bytes, at: number, value: bigint): void {
  if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw new AssertionError(`not a u64: ${value}`);
  if (value <= 0xffff_ffffn) {
    writeU32be(out, at, 0);
    writeU32be(out, at + 4, Number(value));
  } else {
    writeU32be(out, at, Number(value >> 32n));
    writeU32be(out, at + 4, Number(value & 0xffff_ffffn));
  }
}

/** Reads 8 bytes at an offset. AssertionError beyond the end. */
export function readU64be(bytes: Bytes, at = 0): bigint {
  const high = readU32be(bytes, at);
  const low = readU32be(bytes, at + 4);
  return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
}

/** Reads 4 bytes at an offset. AssertionError beyond the end. */
export function readU32be(bytes: Bytes, at = 0): number {
  if (at < 0 || at + 4 > bytes.length) throw new AssertionError(`4 bytes at ${at} of ${bytes.length}`);
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
