import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#proto/bytes.js";
import { generate } from "#cli/ngram/generate.js";
import { nextWord, probability } from "#cli/ngram/predict.js";
import { train, type ModelConfig, type NgramModel } from "#cli/ngram/train.js";
import { BOUNDARY, wordsOf } from "#cli/ngram/vocabulary.js";
import { digestWeights } from "#cli/ngram/weights.js";
import { SeededRandom } from "#cli/random.js";

const texts = [
  "The state of the Union is strong. The state of the treasury is good.",
  "The people of the United States hold the state of the Union dear.",
  "Peace is good. Peace with honor is the aim of the people.",
];

const numbers = (model: NgramModel, text: string): number[] =>
  wordsOf(text).map((word) => model.vocabulary.number(word) ?? BOUNDARY);

test("probabilities after any context sum to exactly one", () => {
  const model = train(texts);
  const contexts = ["", "The", "state of the", "The state of the", "of the", "never of the", "Peace with honor is"];
  for (const text of contexts) {
    const context = numbers(model, text);
    let [numerator, denominator] = [0n, 1n];
    for (let word = 0; word < model.vocabulary.size; word++) {
      const p = probability(model, context, word);
      assert.ok(p.numerator >= 0n && p.numerator <= p.denominator);
      numerator = numerator * p.denominator + p.numerator * denominator;
      denominator *= p.denominator;
    }
    assert.equal(numerator, denominator, text);
  }
});

test("one probability by hand: bigrams, weight one half", () => {
  const config: ModelConfig = { order: 2, weight: { numerator: 1, denominator: 2 } };
  const model = train(["a b a b a c"], config);
  // "a" stands three times, twice before "b"; "b" is two of seven predicted places (six words and the end).
  const p = probability(model, numbers(model, "a"), model.vocabulary.number("b")!);
  assert.equal(p.numerator * 42n, p.denominator * (14n + 6n)); // 1/2 * 2/3 + 1/2 * 2/7 = 20/42
});

test("words are drawn as often as their probability says", () => {
  const model = train(["a b a b a c"], { order: 2, weight: { numerator: 1, denominator: 2 } });
  const random = new SeededRandom("draws");
  const context = numbers(model, "a");
  const b = model.vocabulary.number("b")!;
  let hits = 0;
  for (let i = 0; i < 20_000; i++) if (nextWord(model, context, random) === b) hits++;
  const expected = (20_000 * 20) / 42;
  assert.ok(Math.abs(hits - expected) < 4 * Math.sqrt(20_000 * (20 / 42) * (22 / 42)), `${hits} of 20000`);
});

test("a context does not reach into another text", () => {
  const model = train(["one two", "three four"]);
  const after = (text: string, word: string) =>
    probability(model, numbers(model, text), model.vocabulary.number(word)!);
  const base = probability(model, [], model.vocabulary.number("three")!);
  const crossed = after("one two", "three");
  assert.ok(crossed.numerator * base.denominator < base.numerator * crossed.denominator);
});

test("the same texts make the same weights; order, a word and the configuration change them", () => {
  const hash = (list: readonly string[], config?: ModelConfig) => {
    const digest = digestWeights(train(list, config));
    return `${toHex(digest.hash)}/${toHex(digest.configHash)}`;
  };
  const base = hash(texts);
  assert.equal(hash([...texts]), base);
  assert.notEqual(hash([...texts].reverse()), base);
  assert.notEqual(hash([...texts.slice(0, 2), texts[2]!.replace("aim", "end")]), base);
  assert.notEqual(hash(texts, { order: 4, weight: { numerator: 7, denominator: 10 } }), base);
});

test("an answer follows from its seed, and keeps its length", () => {
  const model = train(texts);
  const answer = (seed: string) => generate(model, "The state of", { words: 40, slack: 15 }, new SeededRandom(seed));
  assert.equal(answer("a"), answer("a"));
  assert.notEqual(answer("a"), answer("b"));
  for (let i = 0; i < 20; i++) {
    const { length } = wordsOf(answer(`length ${i}`));
    assert.ok(length >= 40 && length <= 55, String(length));
  }
});

test("streams of one seed are apart, and numbers below a bound are all reached", () => {
  assert.equal(toHex(SeededRandom.of("s", "a", 1).bytes(40)), toHex(SeededRandom.of("s", "a", 1).bytes(40)));
  assert.notEqual(toHex(SeededRandom.of("s", "a", 1).bytes(8)), toHex(SeededRandom.of("s", "a", 2).bytes(8)));
  const random = new SeededRandom("bounds");
  const seen = new Set<number>();
  for (let i = 0; i < 500; i++) seen.add(random.below(7));
  assert.deepEqual(
    [...seen].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6],
  );
});
