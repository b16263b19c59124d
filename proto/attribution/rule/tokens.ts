import type { Bytes } from "../../bytes.js";

/** Bytes of a token hash. The two low bits of the last one are the token's class. */
export const TOKEN_BYTES = 8;
/** Weight of a token by its class; class 3 is refused. */
const WEIGHTS = [4, 2, 1] as const;

/** Tokens in packed hashes. */
export function tokenCount(hashes: Bytes): number {
  return hashes.length / TOKEN_BYTES;
}

/** Weight of the token at an index: 4, 2 or 1. Needs a list that `checkTokens` took. */
export function weightAt(hashes: Bytes, index: number): number {
  return WEIGHTS[hashes[index * TOKEN_BYTES + 7]! & 3]!;
}

/** weights[i] is the weight of the first i tokens; one entry more than tokens. */
export function weightSums(hashes: Bytes): Uint32Array {
  const sums = new Uint32Array(tokenCount(hashes) + 1);
  for (let i = 1; i < sums.length; i++) sums[i] = sums[i - 1]! + weightAt(hashes, i - 1);
  return sums;
}

/** Writes the upper and lower 32 bits of packed 8-byte values from index `at` on. */
export function unpack(packed: Bytes, high: Uint32Array, low: Uint32Array, at: number): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  for (let from = 0, to = at; from < packed.length; from += TOKEN_BYTES, to++) {
    high[to] = view.getUint32(from);
    low[to] = view.getUint32(from + 4);
  }
}
