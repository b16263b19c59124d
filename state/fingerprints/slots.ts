/** 32-bit words per slot: datanet (0: all of them), high and low half of the fingerprint, value (0: free slot). */
export const SLOT_WORDS = 4;

/**
 * HalfSipHash-1-3 of one datanet and fingerprint under a 64-bit key. Contributors choose fingerprints, so with a known
 * hash they could fill one slot. The key is random per process and never affects an answer.
 */
export function slotHash(datanet: number, high: number, low: number, key0: number, key1: number): number {
  let v0 = key0;
  let v1 = key1;
  let v2 = key0 ^ 0x6c796765;
  let v3 = key1 ^ 0x74656462;
  // Four words, the last with the length, then three rounds that finish; written as one loop, which the engine keeps inline.
  for (let i = 0; i < 7; i++) {
    const word = i === 0 ? low : i === 1 ? high : i === 2 ? datanet : i === 3 ? 12 << 24 : 0;
    if (i === 4) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return (v1 ^ v3) >>> 0;
}
