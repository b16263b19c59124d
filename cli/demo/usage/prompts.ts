import type { SeededRandom } from "../random.js";
import { wordsOf } from "../model/vocabulary.js";

/** A consumer's question. */
export interface Question {
  readonly prompt: string;
  /** The words that the answer goes on from. */
  readonly lead: string;
  /** The answer begins with the lead: what the prompt already held is paid to nobody. */
  readonly repeats: boolean;
}

const LEAD_WORDS = 8;

const forms: readonly [(lead: string) => Question, ...((lead: string) => Question)[]] = [
  (lead) => ({ prompt: `What did the President say after the words "${lead}"?`, lead, repeats: false }),
  (lead) => ({ prompt: `How would an address to Congress continue: ${lead} ...`, lead, repeats: false }),
  (lead) => ({ prompt: `Finish this sentence for me, from its beginning: ${lead}`, lead, repeats: true }),
];

/** A question about a sentence of one of the texts. */
export function askAbout(texts: readonly [string, ...string[]], random: SeededRandom): Question {
  const sentences = random
    .pick(texts)
    .split(/(?<=[.?!])\s+/)
    .filter((sentence) => wordsOf(sentence).length > LEAD_WORDS);
  const [first = "The state of the Union is what the people make of it", ...rest] = sentences;
  const words = wordsOf(random.pick([first, ...rest]));
  return random.pick(forms)(words.slice(0, LEAD_WORDS).join(" "));
}
