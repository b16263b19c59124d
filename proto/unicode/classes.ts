import { CODE_POINTS, readRanges } from "./decode.js";
import { ASSIGNED, IGNORABLE, LETTERS, MARKS, WEIGHT_1, WEIGHT_2 } from "./tables.js";

/** Properties of a code point in Unicode 15.0, independent of the engine's own version. One byte of flags each: 1.1 MB. */
const IS_ASSIGNED = 1;
const IS_IGNORABLE = 2;
const IS_LETTER = 4;
const IS_MARK = 8;
const IS_WEIGHT_2 = 16;
const IS_WEIGHT_1 = 32;

const flags = new Uint8Array(CODE_POINTS);

function mark(table: string, flag: number): void {
  readRanges(table, (start, end) => {
    for (let point = start; point < end; point++) flags[point]! |= flag;
  });
}
mark(ASSIGNED, IS_ASSIGNED);
mark(IGNORABLE, IS_IGNORABLE);
mark(LETTERS, IS_LETTER);
mark(MARKS, IS_MARK);
mark(WEIGHT_2, IS_WEIGHT_2);
mark(WEIGHT_1, IS_WEIGHT_1);

/** General category other than Cn. Surrogates do not count: they are no characters. */
export function isAssigned(point: number): boolean {
  return (flags[point]! & IS_ASSIGNED) !== 0;
}

/** Default_Ignorable_Code_Point: without a picture of its own. Holds for some that are not assigned yet. */
export function isIgnorable(point: number): boolean {
  return (flags[point]! & IS_IGNORABLE) !== 0;
}

/** Letter or decimal digit (general categories L, Nd). */
export function isLetter(point: number): boolean {
  return (flags[point]! & IS_LETTER) !== 0;
}

/** Mark (general category M). */
export function isMark(point: number): boolean {
  return (flags[point]! & IS_MARK) !== 0;
}

/**
 * The weight of a code point that is a token of its own, because its script is written without spaces: 2 for Han and Hangul,
 * 1 for kana, Thai, Lao, Khmer and Myanmar; 0 for all others. Needs the least of its look-alikes.
 */
export function singleWeight(point: number): 0 | 1 | 2 {
  const flag = flags[point]! & (IS_WEIGHT_1 | IS_WEIGHT_2);
  return flag === 0 ? 0 : flag === IS_WEIGHT_1 ? 1 : 2;
}
