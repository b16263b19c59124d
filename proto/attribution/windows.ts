import type { Bytes } from "../bytes.js";
import { TOKEN_HASH_BYTES, weightAt } from "./token-hash.js";

/** Least weight of a window: eight words, or 16 Han characters, or 32 Thai ones. Part of the text profile. */
export const WINDOW_WEIGHT = 32;

/**
 * The windows of packed, checked token hashes: window i is the least run of tokens from i on whose weights reach
 * WINDOW_WEIGHT. No window spans two texts.
 * @returns by window, the token behind its last one: ascending, not strictly. 8 to 32 tokens a window; fewer windows than tokens
 */
export function windowEnds(hashes: Bytes): Uint32Array {
  const tokens = hashes.length / TOKEN_HASH_BYTES;
  const ends = new Uint32Array(tokens);
  let [end, weight, windows] = [0, 0, 0];
  for (;;) {
    while (weight < WINDOW_WEIGHT && end < tokens) weight += weightAt(hashes, end++);
    if (weight < WINDOW_WEIGHT) return ends.slice(0, windows);
    ends[windows] = end;
    weight -= weightAt(hashes, windows++);
  }
}
