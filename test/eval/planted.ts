import { SeededRandom } from "#cli/random.js";
import type { Source } from "./corpus.js";
import { ratio } from "./coverage.js";
import { Holders, rule } from "./holders.js";
import { printOf, windowKeys } from "./text.js";

export interface Planted {
  /** Words of the span, and one in how many of them is changed; 0: none. */
  readonly words: number;
  readonly changed: number;
  /** Share of the tokens of the spans that their owners are paid for. */
  readonly recall: number;
  /** Share of all paid tokens that another owner is paid for. */
  readonly miscredit: number;
}

const ANSWERS = 60;
const ANSWER_WORDS = 200;
const SPANS = [8, 12, 24, 50].flatMap((words) => [0, 10, 5].map((changed) => ({ words, changed })));

/** Spans of one owner's texts in answers of random words, with all texts licensed. */
export function plantedSpans(corpus: readonly Source[]): Planted[] {
  const random = SeededRandom.of("attribution-eval", "planted");
  const plants = SPANS.map((span) => ({
    span,
    answers: Array.from({ length: ANSWERS }, () => plant(corpus, span, random)),
  }));
  const prints = plants.map(({ answers }) => answers.map(({ text }) => printOf(text)));
  const works = corpus.map(({ text, ...work }) => ({ ...work, texts: [text] }));
  const holders = new Holders(works, new Set(prints.flat().flatMap((print) => [...windowKeys(print)])));
  const index = holders.index(() => true);
  const nothing = printOf("");
  return plants.map(({ span, answers }, i) => {
    let [right, wrong, tokens] = [0, 0, 0];
    for (const [at, { owner, planted }] of answers.entries()) {
      tokens += printOf(planted).tokens.length / 8;
      const { payee, committers } = rule(
        { own: nothing, marked: [], answer: prints[i]![at]! },
        { index, licensed: true },
      );
      for (const number of payee) {
        if (number < 0) continue;
        if (works[Number(committers[number]!.contribution) - 1]!.owner === owner) right++;
        else wrong++;
      }
    }
    return { ...span, recall: ratio(right, tokens), miscredit: ratio(wrong, right + wrong) };
  });
}

function plant(
  corpus: readonly Source[],
  { words, changed }: { words: number; changed: number },
  random: SeededRandom,
) {
  const { owner, text } = corpus[random.below(corpus.length)]!;
  const all = text.split(/\s+/);
  const from = random.below(all.length - words);
  const noise = (): string => `q${random.below(2 ** 31).toString(36)}`;
  const span = all
    .slice(from, from + words)
    .map((word) => (changed > 0 && random.below(changed) === 0 ? noise() : word));
  const around = Array.from({ length: ANSWER_WORDS }, noise);
  const half = ANSWER_WORDS / 2;
  return { owner, planted: span.join(" "), text: [...around.slice(0, half), ...span, ...around.slice(half)].join(" ") };
}
