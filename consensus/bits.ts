import type { Bytes } from "#proto/bytes.js";

/** Sets of validator indexes as bitmaps: index i is byte i / 8, value 1 << (i % 8); no trailing zero bytes. */

export function bitsOf(indexes: readonly number[]): Bytes {
  let last = -1;
  for (const index of indexes) if (index > last) last = index;
  const bits = new Uint8Array(last < 0 ? 0 : (last >> 3) + 1);
  for (const index of indexes) bits[index >> 3]! |= 1 << (index & 7);
  return bits;
}

/** What lies beyond the bytes is absent, so a peer's bitmap of any length is harmless. */
export function hasBit(bits: Bytes, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

export function withBits(bits: Bytes, indexes: readonly number[]): Bytes {
  const added = bitsOf(indexes);
  const [longer, shorter] = bits.length >= added.length ? [bits, added] : [added, bits];
  const out = longer.slice();
  for (let i = 0; i < shorter.length; i++) out[i]! |= shorter[i]!;
  return out;
}
