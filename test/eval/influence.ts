import { SeededRandom } from "#cli/random.js";
import { generate } from "#cli/ngram/generate.js";
import { knownRanges } from "#cli/ngram/predict.js";
import { train, type NgramModel } from "#cli/ngram/train.js";
import { BOUNDARY, wordsOf } from "#cli/ngram/vocabulary.js";
import type { Source } from "./corpus.js";
import { Holders, paidWeight, rule } from "./holders.js";
import { printOf, windowKeys } from "./text.js";

/**
 * Linear datamodeling score: over random halves of the contributors, the rank correlation of what the rule pays those of a
 * half with the log-probability of the answer under the model retrained on that half. Counts of n-grams add up, so retraining
 * is exact: a half's counts are the sums of its contributors' counts.
 */
const [SUBSETS, ANSWERS, WORDS_OF_TEXT] = [200, 40, 5_000];
const LENGTH = { words: 120, slack: 30 };
const WEIGHT = { numerator: 7, denominator: 10 };

export interface Influence {
  readonly order: number;
  readonly lds: number;
}

/** One text of each owner, so that a contributor is a text. */
export function influence(corpus: readonly Source[], orders: readonly number[]): Influence[] {
  const first = new Map<string, Source>();
  for (const source of corpus) if (!first.has(source.owner)) first.set(source.owner, source);
  const sources = [...first.values()].map((source) => ({
    ...source,
    text: wordsOf(source.text).slice(0, WORDS_OF_TEXT).join(" "),
  }));
  return orders.map((order) => ({ order, lds: ldsOf(sources, order) }));
}

function ldsOf(sources: readonly Source[], order: number): number {
  const model = train(
    sources.map(({ text }) => text),
    { order, weight: WEIGHT },
  );
  const counts = new CountsByText(model, sources.length);
  const answers = Array.from({ length: ANSWERS }, (_, i) =>
    generate(model, "", LENGTH, SeededRandom.of("attribution-eval", order, i)),
  );
  const random = SeededRandom.of("attribution-eval", "subsets");
  const subsets = Array.from({ length: SUBSETS }, () => halfOf(sources.length, random));

  const prints = answers.map(printOf);
  const works = sources.map(({ text, ...work }) => ({ ...work, texts: [text] }));
  const index = new Holders(works, new Set(prints.flatMap((print) => [...windowKeys(print)]))).index(() => true);
  const nothing = printOf("");
  const scores = answers.map((answer, i) => {
    const ruling = rule({ own: nothing, marked: [], answer: prints[i]! }, { index, licensed: true });
    const credit = new Float64Array(sources.length);
    for (const [number, { contribution }] of ruling.committers.entries()) {
      credit[Number(contribution) - 1] = paidWeight(ruling, (paid) => paid === number);
    }
    const contexts = counts.of(answer);
    const predicted = subsets.map((subset) =>
      credit.reduce((sum, paid, text) => sum + (subset[text] === 1 ? paid : 0), 0),
    );
    return spearman(
      predicted,
      subsets.map((subset) => counts.logProbability(contexts, subset)),
    );
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** 1 for the texts of a random half. */
function halfOf(texts: number, random: SeededRandom): Uint8Array {
  const left = Array.from({ length: texts }, (_, i) => i);
  const half = new Uint8Array(texts);
  for (let i = 0; i < texts >> 1; i++) half[left.splice(random.below(left.length), 1)[0]!] = 1;
  return half;
}

/** Of one context of one word: by text, how often the context stands there, and how often this word follows it. */
interface Counts {
  readonly contexts: Uint32Array;
  readonly words: Uint32Array;
}

class CountsByText {
  readonly #model: NgramModel;
  readonly #texts: number;
  /** By token: the text it stands in. */
  readonly #textOf: Uint16Array;
  readonly #totals: Uint32Array;
  readonly #unigrams = new Map<number, Uint32Array>();

  constructor(model: NgramModel, texts: number) {
    this.#model = model;
    this.#texts = texts;
    this.#textOf = new Uint16Array(model.tokens.length);
    this.#totals = new Uint32Array(texts);
    let text = 0;
    for (const at of [...model.positions].sort((a, b) => a - b)) {
      this.#textOf[at] = text;
      this.#totals[text]!++;
      const word = model.tokens[at]!;
      const counts = this.#unigrams.get(word) ?? new Uint32Array(texts);
      this.#unigrams.set(word, counts);
      counts[text]!++;
      if (word === BOUNDARY) text++;
    }
  }

  /** For each word of an answer its contexts, the empty one first. */
  of(answer: string): Counts[][] {
    const { tokens, positions, vocabulary, config } = this.#model;
    const context = new Array<number>(config.order - 1).fill(BOUNDARY);
    return wordsOf(answer).map((text) => {
      const word = vocabulary.number(text)!;
      const ranges = knownRanges(this.#model, context).reverse();
      context.push(word);
      return ranges.map(({ from, to }, level) => {
        if (level === 0) return { contexts: this.#totals, words: this.#unigrams.get(word)! };
        const counts = { contexts: new Uint32Array(this.#texts), words: new Uint32Array(this.#texts) };
        for (let place = from; place < to; place++) {
          const at = positions[place]!;
          const owner = this.#textOf[at]!;
          counts.contexts[owner]!++;
          if (tokens[at] === word) counts.words[owner]!++;
        }
        return counts;
      });
    });
  }

  /** Interpolated as the model does it, down to a uniform word: a half may lack one. */
  logProbability(contexts: readonly (readonly Counts[])[], subset: Uint8Array): number {
    const weight = WEIGHT.numerator / WEIGHT.denominator;
    let log = 0;
    for (const levels of contexts) {
      let probability = 1 / this.#model.vocabulary.size;
      for (const { contexts: seen, words } of levels) {
        let [count, of] = [0, 0];
        for (let text = 0; text < subset.length; text++) {
          if (subset[text] === 0) continue;
          count += words[text]!;
          of += seen[text]!;
        }
        if (of === 0) break;
        probability = (weight * count) / of + (1 - weight) * probability;
      }
      log += Math.log(probability);
    }
    return log;
  }
}

/** Rank correlation; 0 where one side is the same throughout. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (const [i, rank] of x.entries()) {
    xy += (rank - mean) * (y[i]! - mean);
    xx += (rank - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}

/** Ranks from 0; equal values share the mean of theirs. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const out = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) out[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return out;
}
