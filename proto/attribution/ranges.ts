import { utf8 } from "../bytes.js";
import { isRejection, type Rejection } from "../rejection.js";
import { tokenAt, tokenize } from "./tokens.js";

/** Where a token stands in its text: bytes of its UTF-8, `to` exclusive. */
export interface TokenRange {
  readonly from: number;
  readonly to: number;
}

/** A token of a text that was not looked up yet is not longer than this, separators before it included. */
const CODE_POINTS_MAX = 4_096;

/**
 * The places of a text's tokens in the text as it was written, in order: for people, no rule reads them. Canonical text has
 * other lengths than the text, so that each token is found again: the least stretch that is this token alone. Rejects what
 * `tokenize` rejects. Where a token is not found so, it and all that follow have the rest of the text for their range.
 * Work: a token's length squared.
 */
export function tokenRanges(text: string): TokenRange[] | Rejection {
  const tokens = tokenize(text);
  if (isRejection(tokens)) return tokens;
  const points = [...text];
  const ends = byteEnds(points);
  const ranges: TokenRange[] = [];
  let at = 0;
  while (ranges.length < tokens.count) {
    const found = findToken(points, at, tokenAt(tokens, ranges.length));
    if (found === undefined) {
      const rest = { from: ends[at]!, to: ends[points.length]! };
      while (ranges.length < tokens.count) ranges.push(rest);
      break;
    }
    ranges.push({ from: ends[found.from]!, to: ends[found.to]! });
    at = found.to;
  }
  return ranges;
}

/** ends[i] is the size in bytes of the first i code points. */
function byteEnds(points: readonly string[]): number[] {
  const ends = [0];
  for (const point of points) ends.push(ends[ends.length - 1]! + utf8(point).length);
  return ends;
}

function findToken(points: readonly string[], start: number, token: string): TokenRange | undefined {
  const isToken = (from: number, to: number): boolean => onlyToken(points.slice(from, to).join("")) === token;
  let from = start;
  for (let to = start + 1; to <= points.length && to - from <= CODE_POINTS_MAX; to++) {
    if (/\s/u.test(points[to - 1]!) && onlyToken(points.slice(from, to).join("")) === "") from = to;
    else if (isToken(from, to)) {
      while (isToken(from + 1, to)) from++;
      return { from, to };
    }
  }
  return undefined;
}

/** The token of a text that has one, "" for a text that has none, undefined for a text of several. */
function onlyToken(text: string): string | undefined {
  const tokens = tokenize(text);
  if (isRejection(tokens) || tokens.count > 1) return undefined;
  return tokens.count === 0 ? "" : tokenAt(tokens, 0);
}
