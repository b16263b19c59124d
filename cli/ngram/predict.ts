import type { SeededRandom } from "../random.js";
import type { NgramModel } from "./train.js";

/** Neighbours in `positions`: everything that was ever said after one context. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** An exact fraction: probabilities of one context sum to one, not to nearly one. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * Ranges of the context's suffixes that the texts know, the longest first; the last one is all positions. A context that
 * was never seen has no range, and neither has any longer one.
 */
export function knownRanges(model: NgramModel, context: readonly number[]): Range[] {
  const ranges: Range[] = [{ from: 0, to: model.positions.length }];
  const depth = Math.min(model.config.order - 1, context.length);
  for (let back = 1; back <= depth; back++) {
    const range = narrowed(model, ranges[0]!, back, context[context.length - back]!);
    if (range.from === range.to) break;
    ranges.unshift(range);
  }
  return ranges;
}

/** The part of a range in which `word` stands `back` places before the position. */
function narrowed(model: NgramModel, { from, to }: Range, back: number, word: number): Range {
  const at = (place: number): number => model.tokens[model.positions[place]! - back]!;
  const first = firstPlace(from, to, (place) => at(place) >= word);
  return { from: first, to: firstPlace(first, to, (place) => at(place) > word) };
}

function firstPlace(from: number, to: number, holds: (place: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Interpolated probability of `word` after `context` (Jelinek and Mercer, one fixed weight w):
 *   P_n = w * count(context word) / count(context) + (1 - w) * P_(n-1), and P_1 = count(word) / count of all.
 */
export function probability(model: NgramModel, context: readonly number[], word: number): Fraction {
  const { numerator: w, denominator: d } = model.config.weight;
  let result: Fraction = { numerator: 0n, denominator: 1n };
  for (const [level, range] of knownRanges(model, context).reverse().entries()) {
    const share: Fraction = {
      numerator: BigInt(countOf(model, range, word)),
      denominator: BigInt(range.to - range.from),
    };
    if (level === 0) result = share;
    else result = add(scale(share, BigInt(w), BigInt(d)), scale(result, BigInt(d - w), BigInt(d)));
  }
  return result;
}

function countOf(model: NgramModel, { from, to }: Range, word: number): number {
  let count = 0;
  for (let place = from; place < to; place++) if (model.tokens[model.positions[place]!] === word) count++;
  return count;
}

function scale({ numerator, denominator }: Fraction, by: bigint, of: bigint): Fraction {
  return { numerator: numerator * by, denominator: denominator * of };
}

function add(a: Fraction, b: Fraction): Fraction {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/** Draws the next word with exactly these probabilities: first the length of context, then one of its places. */
export function nextWord(model: NgramModel, context: readonly number[], random: SeededRandom): number {
  const ranges = knownRanges(model, context);
  const { numerator, denominator } = model.config.weight;
  let level = 0;
  while (level < ranges.length - 1 && random.below(denominator) >= numerator) level++;
  const { from, to } = ranges[level]!;
  return model.tokens[model.positions[from + random.below(to - from)]!]!;
}
