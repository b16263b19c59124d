import { CODE_POINTS, readRows } from "./decode.js";
import { LOOKALIKES } from "./tables.js";

/** Distance down to the least look-alike, 0 for most. One array of 4.4 MB: a map would cost more than hashing the text. */
const distances = new Uint32Array(CODE_POINTS);
readRows(LOOKALIKES, ([point, least]) => {
  distances[point!] = point! - least!;
});

/**
 * The least code point of the letters and digits that look like this one: the transitive closure of simple case folding
 * (CaseFolding.txt, C and S) and of the confusables of one letter (UTS #39). Itself for all else. Idempotent.
 */
export function leastLookalike(point: number): number {
  return point - distances[point]!;
}
