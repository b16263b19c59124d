import { weightAt } from "../token-hash.js";
import { groupEqual, idOf } from "./group.js";
import { isContext, type RuledReceipt } from "./receipt.js";
import { tokenCount, unpack } from "./tokens.js";
import { NONE } from "./windows.js";

/** Least weight of a run: five words. */
export const RUN_WEIGHT_MIN = 20;

/** The tokens of the answer that stand in the context too. Places are those of `PlacedWindows`. */
export interface TokenMatch {
  /** By token of the answer: the number of its hash. */
  readonly tokens: Uint32Array;
  /** The places of the context that hold the hash with number t are places[starts[t]] to places[starts[t + 1] - 1]. */
  readonly starts: Uint32Array;
  readonly places: Uint32Array;
  /** By place: the number of the hash that it holds, or NONE if the answer does not hold it. */
  readonly numbers: Int32Array;
  /** sums[p] is the weight of the context before place p. */
  readonly sums: Uint32Array;
}

/** Finds the answer's tokens in marked and added text. Work: about 40 steps a token. */
export function matchTokens({ spans, answer }: RuledReceipt): TokenMatch {
  const [high, low] = [new Uint32Array(tokenCount(answer)), new Uint32Array(tokenCount(answer))];
  unpack(answer, high, low, 0);
  const groups = groupEqual(high, low);
  const context = spans.filter(isContext);
  const size = context.reduce((sum, { tokens }) => sum + tokenCount(tokens) + 1, 0);
  const numbers = new Int32Array(size).fill(NONE);
  const sums = new Uint32Array(size + 1);
  let place = 0;
  for (const { tokens } of context) {
    const count = tokenCount(tokens);
    const [h, l] = [new Uint32Array(count), new Uint32Array(count)];
    unpack(tokens, h, l, 0);
    for (let i = 0; i < count; i++, place++) {
      numbers[place] = idOf(groups, h[i]!, l[i]!);
      sums[place + 1] = sums[place]! + weightAt(tokens, i);
    }
    sums[place + 1] = sums[place]!; // The empty place behind a span.
    place++;
  }
  return { tokens: groups.ids, sums, numbers, ...placesByNumber(numbers, groups.high.length) };
}

/** Ascending within each number: a counting sort. */
function placesByNumber(numbers: Int32Array, count: number): { starts: Uint32Array; places: Uint32Array } {
  const starts = new Uint32Array(count + 1);
  for (const number of numbers) if (number !== NONE) starts[number + 1]!++;
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  const places = new Uint32Array(starts[count]!);
  const next = starts.slice();
  for (let place = 0; place < numbers.length; place++) {
    const number = numbers[place]!;
    if (number !== NONE) places[next[number]!++] = place;
  }
  return { starts, places };
}

/** Pairs of a token of the answer and an equal one of the context. */
export function pairsOf({ tokens, starts }: TokenMatch): number {
  let pairs = 0;
  for (const number of tokens) pairs += starts[number + 1]! - starts[number]!;
  return pairs;
}

/** A run of equal tokens from a token of the answer and a place of the context on, as long as it can be. */
export type VisitRun = (token: number, place: number, end: number, weight: number) => void;

/**
 * Visits at each token of the answer its heaviest runs, if they weigh RUN_WEIGHT_MIN or more: tokens descending, then
 * places ascending. `end` is the place behind the run. A pair takes a constant: its run is one longer than that of the
 * next pair.
 * @returns pairs of equal tokens (pairsOf), at most RUN_PAIRS_MAX
 */
export function visitHeaviest({ tokens, starts, places, numbers, sums }: TokenMatch, visit: VisitRun): number {
  const ends = new Uint32Array(sums.length);
  let pairs = 0;
  for (let token = tokens.length - 1; token >= 0; token--) {
    const [from, to] = [starts[tokens[token]!]!, starts[tokens[token]! + 1]!];
    const next = token + 1 < tokens.length ? tokens[token + 1]! : NONE - 1;
    let heaviest = RUN_WEIGHT_MIN;
    for (let at = from; at < to; at++) {
      const place = places[at]!;
      // Places ascend, so that the next place still has what the next token wrote. A place has one behind it: its text's end.
      const end = numbers[place + 1] === next ? ends[place + 1]! : place + 1;
      ends[place] = end;
      const weight = sums[end]! - sums[place]!;
      if (weight > heaviest) heaviest = weight;
    }
    for (let at = from; at < to; at++) {
      const place = places[at]!;
      const end = ends[place]!;
      if (sums[end]! - sums[place]! === heaviest) visit(token, place, end, heaviest);
    }
    pairs += to - from;
  }
  return pairs;
}
