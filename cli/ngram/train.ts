import { BOUNDARY, Vocabulary, wordsOf } from "./vocabulary.js";

/** Training parameters of a model. The weight of an order is its share of the probability that the higher ones left. */
export interface ModelConfig {
  /** A word follows from the `order - 1` words before it. */
  readonly order: number;
  readonly weight: { readonly numerator: number; readonly denominator: number };
}
export const DEFAULT_CONFIG: ModelConfig = { order: 5, weight: { numerator: 7, denominator: 10 } };

/**
 * A trained model: the texts as numbers, and every position sorted by the words before it, nearest first. All positions that
 * follow one context are then neighbours, for contexts of any length up to `order - 1`: counts are lengths of ranges.
 */
export interface NgramModel {
  readonly config: ModelConfig;
  readonly vocabulary: Vocabulary;
  /** Between texts stand `order - 1` boundaries, so that no context reaches into another text. */
  readonly tokens: Int32Array;
  /** Positions whose word is predicted: all words, and the first boundary after each text. */
  readonly positions: Int32Array;
}

/** @param texts in the order of their contributions; the same texts in the same order make the same model */
export function train(texts: readonly string[], config: ModelConfig = DEFAULT_CONFIG): NgramModel {
  const vocabulary = new Vocabulary();
  const padding = new Array<number>(config.order - 1).fill(BOUNDARY);
  const tokens: number[] = [...padding];
  const positions: number[] = [];
  for (const text of texts) {
    for (const word of wordsOf(text)) {
      positions.push(tokens.length);
      tokens.push(vocabulary.add(word));
    }
    positions.push(tokens.length);
    tokens.push(...padding);
  }
  const packed = Int32Array.from(tokens);
  const sorted = Int32Array.from(positions).sort((a, b) => byContext(packed, config.order, a, b));
  return { config, vocabulary, tokens: packed, positions: sorted };
}

function byContext(tokens: Int32Array, order: number, a: number, b: number): number {
  for (let back = 1; back < order; back++) {
    const difference = tokens[a - back]! - tokens[b - back]!;
    if (difference !== 0) return difference;
  }
  return a - b;
}
