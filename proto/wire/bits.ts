import type { Bytes } from "../bytes.js";

/** Bit i stands at byte i >> 3, value 1 << (i & 7); trailing zero bytes are not written, so one set has one encoding. */
export function packBits(members: Iterable<number>): Bytes {
  const bytes: number[] = [];
  for (const i of members) {
    while (bytes.length <= i >> 3) bytes.push(0);
    bytes[i >> 3]! |= 1 << (i & 7);
  }
  return Uint8Array.from(bytes);
}

/** False also beyond the end. */
export function hasBit(bits: Bytes, i: number): boolean {
  return ((bits[i >> 3] ?? 0) & (1 << (i & 7))) !== 0;
}
