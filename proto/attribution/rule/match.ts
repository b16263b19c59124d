import { groupEqual, idOf } from "./group.js";
import { isContext, type RuledReceipt } from "./receipt.js";
import { tokenCount, unpack, weightAt } from "./tokens.js";
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
  return { tokens: groups.ids, sums, ...placesByNumber(numbers, groups.high.length) };
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

/** A run of equal tokens from a token of the answer and a place of the context on, as long as it can be. */
export type VisitRun = (token: number, place: number, end: number, weight: number) => void;

/**
 * Visits the run at every pair of a token and a place that are equal, where it weighs RUN_WEIGHT_MIN or more: tokens
 * descending, then places ascending. `end` is the place behind the run. A pair takes a constant: its run is one longer
 * than that of the next pair.
 * @returns pairs of equal tokens, at most RUN_CELLS_MAX
 */
export function visitRuns({ tokens, starts, places, sums }: TokenMatch, visit: VisitRun): number {
  const ends = new Uint32Array(sums.length);
  const endOf = new Int32Array(sums.length).fill(NONE); // The token for which ends[place] was written last.
  let pairs = 0;
  for (let token = tokens.length - 1; token >= 0; token--) {
    const number = tokens[token]!;
    for (let at = starts[number]!; at < starts[number + 1]!; at++) {
      const place = places[at]!;
      // Places ascend, so that what stands at the next place is still that of the next token.
      const end = endOf[place + 1] === token + 1 ? ends[place + 1]! : place + 1;
      ends[place] = end;
      endOf[place] = token;
      const weight = sums[end]! - sums[place]!;
      if (weight >= RUN_WEIGHT_MIN) visit(token, place, end, weight);
    }
    pairs += starts[number + 1]! - starts[number]!;
  }
  return pairs;
}
