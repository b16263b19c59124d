import type { Bytes } from "../../bytes.js";
import { TOKEN_HASH_BYTES, weightAt } from "../token-hash.js";

/** Tokens in packed hashes. */
export function tokenCount(hashes: Bytes): number {
  return hashes.length / TOKEN_HASH_BYTES;
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
  for (let from = 0, to = at; from < packed.length; from += TOKEN_HASH_BYTES, to++) {
    high[to] = view.getUint32(from);
    low[to] = view.getUint32(from + 4);
  }
}
