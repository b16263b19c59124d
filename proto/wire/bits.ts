import type { Bytes } from "../bytes.js";

/**
 * Packs indexes into a bitmap: bit i is at byte i >> 3, value 1 << (i & 7). Trailing zero bytes are omitted, so a set
 * has one encoding.
 */
export function packBits(members: Iterable<number>): Bytes {
  const bytes: number[] = [];
  for (const i of members) {
    while (bytes.length <= i >> 3) bytes.push(0);
    bytes[i >> 3]! |= 1 << (i & 7);
  }
  return Uint8Array.from(bytes);
}

/** Whether bit i is set; false beyond the end. */
export function hasBit(bits: Bytes, i: number): boolean {
  return ((bits[i >> 3] ?? 0) & (1 << (i & 7))) !== 0;
}
