import type { SeededRandom } from "../random.js";
import { nextWord } from "./predict.js";
import type { NgramModel } from "./train.js";
import { BOUNDARY, wordsOf } from "./vocabulary.js";

/** How long an answer is: at least `words`, then to the end of the sentence, at most `words + slack`. */
export interface Length {
  readonly words: number;
  readonly slack: number;
}

/** Continues `lead` word by word. Where a text ends, the next begins. The same random stream gives the same words. */
export function generate(model: NgramModel, lead: string, { words, slack }: Length, random: SeededRandom): string {
  const start = new Array<number>(model.config.order - 1).fill(BOUNDARY);
  let context = [...start, ...wordsOf(lead).map((word) => model.vocabulary.number(word) ?? BOUNDARY)];
  const said: string[] = [];
  while (said.length < words + slack) {
    const next = nextWord(model, context, random);
    if (next === BOUNDARY) {
      context = [...start];
      continue;
    }
    context.push(next);
    said.push(model.vocabulary.word(next));
    if (said.length >= words && endsSentence(said[said.length - 1]!)) break;
  }
  return said.join(" ");
}

function endsSentence(word: string): boolean {
  return /[.?!]["')]*$/.test(word);
}
