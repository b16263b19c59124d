import { utf8 } from "../bytes.js";
import { isRejection, type Rejection } from "../rejection.js";
import { tokenAt, tokenize, type Tokens } from "./tokens.js";

/** Where a token stands in its text: bytes of its UTF-8, `to` exclusive. */
export interface TokenRange {
  readonly from: number;
  readonly to: number;
}

/** A stretch that is looked through for a token is not longer than this, separators before it included. */
const CODE_POINTS_MAX = 4_096;

/**
 * The places of a text's tokens in the text as it was written, in order: for people, no rule reads them. Canonical text has
 * other lengths than the text, so that each token is found again: the least stretch that is this token alone. Tokens that
 * one code point makes together share its place. Rejects what `tokenize` rejects. Where a token is not found so, it and all
 * that follow have the rest of the text for their place. Work: a token's length squared.
 */
export function tokenRanges(text: string): TokenRange[] | Rejection {
  const tokens = tokenize(text);
  if (isRejection(tokens)) return tokens;
  const points = [...text];
  const ends = byteEnds(points);
  const ranges: TokenRange[] = [];
  let at = 0;
  while (ranges.length < tokens.count) {
    const found = findTokens(points, at, tokens, ranges.length);
    const { from, to, count } = found ?? { from: at, to: points.length, count: tokens.count - ranges.length };
    for (let i = 0; i < count; i++) ranges.push({ from: ends[from]!, to: ends[to]! });
    at = to;
  }
  return ranges;
}

/** ends[i] is the size in bytes of the first i code points. */
function byteEnds(points: readonly string[]): number[] {
  const ends = [0];
  for (const point of points) ends.push(ends[ends.length - 1]! + utf8(point).length);
  return ends;
}

/** The least stretch from code point `start` on that has the next tokens, and how many of them it has. */
function findTokens(
  points: readonly string[],
  start: number,
  tokens: Tokens,
  next: number,
): (TokenRange & { readonly count: number }) | undefined {
  let from = start;
  for (let to = start + 1; to <= points.length && to - from <= CODE_POINTS_MAX; to++) {
    const count = tokensFrom(points.slice(from, to), tokens, next);
    if (count === 0 && /\s/u.test(points[to - 1]!)) from = to;
    if (count === undefined || count === 0) continue;
    while (tokensFrom(points.slice(from + 1, to), tokens, next) === count) from++;
    return { from, to, count };
  }
  return undefined;
}

/** How many tokens a stretch has, if they are those from `next` on; else undefined. */
function tokensFrom(points: readonly string[], tokens: Tokens, next: number): number | undefined {
  const found = tokenize(points.join(""));
  if (isRejection(found) || next + found.count > tokens.count) return undefined;
  for (let i = 0; i < found.count; i++) if (tokenAt(found, i) !== tokenAt(tokens, next + i)) return undefined;
  return found.count;
}
