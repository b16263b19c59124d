import { singleWeight } from "../../unicode/classes.js";
import { leastLookalike } from "../../unicode/lookalikes.js";

/**
 * Places at which a text may be cut so that the tokens of both parts are the tokens of the whole, whatever follows. One is
 * behind an ASCII character that is no part of a token; not behind an apostrophe, which is deleted, nor behind one of `<=>`,
 * which compose with a mark. The other is between two characters that are tokens of their own and compose with nothing
 * before them: ideographs, kana and Hangul syllables.
 */
export function isCut(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (before < 0x80) return isAsciiGap(before);
  return at < text.length && standsAlone(before) && standsAlone(text.charCodeAt(at));
}

/** The last cut of a text that is longer than nothing; 0 if it has none. Work: a look at each character behind the cut. */
export function lastCut(text: string): number {
  for (let at = text.length; at > 0; at--) if (isCut(text, at)) return at;
  return 0;
}

/** The least pieces that cuts make, in order. */
export function* cutPieces(text: string): Generator<string> {
  let from = 0;
  for (let at = 1; at <= text.length; at++) {
    if (at < text.length && !isCut(text, at)) continue;
    yield text.slice(from, at);
    from = at;
  }
}

function isAsciiGap(unit: number): boolean {
  const isDigit = unit >= 0x30 && unit <= 0x39;
  const isLetter = (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
  return !isDigit && !isLetter && unit !== 0x27 && !(unit >= 0x3c && unit <= 0x3e);
}

/** First and last UTF-16 unit of characters that begin a segment of every normal form, and compose with none before them. */
const BASES = [
  [0x3041, 0x3096], // Hiragana
  [0x30a1, 0x30fa], // Katakana
  [0x3400, 0x4dbf], // ideographs of extension A
  [0x4e00, 0x9fff], // ideographs
  [0xac00, 0xd7a3], // Hangul syllables
] as const;

function standsAlone(unit: number): boolean {
  const isBase = BASES.some(([first, last]) => unit >= first && unit <= last);
  return isBase && singleWeight(unit) > 0 && singleWeight(leastLookalike(unit)) > 0;
}
