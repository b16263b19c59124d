import { CODE_POINTS, readRanges, readRows } from "./decode.js";
import { ASSIGNED, FOLDS, SINGLE, WORD } from "./tables.js";

/** What Unicode 15.0 says of one code point, whatever the engine's own Unicode is. One byte of flags each: 1.1 MB. */
const IS_ASSIGNED = 1;
const IS_WORD = 2;
const IS_SINGLE = 4;
const HAS_FOLD = 8;

const flags = new Uint8Array(CODE_POINTS);
const folds = new Map<number, number>();

function mark(table: string, flag: number): void {
  readRanges(table, (start, end) => {
    for (let point = start; point < end; point++) flags[point]! |= flag;
  });
}
mark(ASSIGNED, IS_ASSIGNED);
mark(WORD, IS_WORD);
mark(SINGLE, IS_SINGLE);
readRows(FOLDS, ([from, to]) => {
  flags[from!]! |= HAS_FOLD;
  folds.set(from!, to!);
});

/** General category other than Cn. Surrogates do not count: they are no characters. */
export function isAssigned(point: number): boolean {
  return (flags[point]! & IS_ASSIGNED) !== 0;
}

/** Letter, mark or decimal digit (general categories L, M, Nd). */
export function isWord(point: number): boolean {
  return (flags[point]! & IS_WORD) !== 0;
}

/**
 * Letter, mark or number whose script or script extensions are written without spaces: Han, Hiragana, Katakana, Hangul,
 * Thai, Lao, Khmer, Myanmar. Numbers are in, so that the ideographic zero counts as its neighbours do.
 */
export function isSingle(point: number): boolean {
  return (flags[point]! & IS_SINGLE) !== 0;
}

/** Simple case folding (CaseFolding.txt, status C and S): one code point to one; the Turkish rules (T) are not applied. */
export function fold(point: number): number {
  return (flags[point]! & HAS_FOLD) === 0 ? point : folds.get(point)!;
}
