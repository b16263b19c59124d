import { wordsOf } from "../../ngram/vocabulary.js";
import type { SeededRandom } from "../../random.js";

/** A text that consumers ask about, and the datanet that it was contributed to. */
export interface Source {
  readonly text: string;
  readonly datanet: bigint;
}

/** Sources of the consumers' prompts. */
export interface Sources {
  /** Texts that the model was trained on. */
  readonly trained: readonly [Source, ...Source[]];
  /** Texts in which their applications find passages. */
  readonly retrieved: readonly [Source, ...Source[]];
}

/** Words of a question that the answer goes on from. */
const LEAD_WORDS = 8;
/** Words of the user's own that the answer says again. */
const OWN_WORDS = 24;
/** Sentences of a passage. */
const PASSAGE_SENTENCES = 5;

/** The delimiter by which the consumers' programs tell a passage, and its datanet, from the user's own words. */
export const SOURCE = { open: '<source datanet="{datanet}">', close: "</source>" } as const;

type Form = (random: SeededRandom, sources: Sources) => string;

const asking =
  (words: (lead: string) => string, leadWords = LEAD_WORDS): Form =>
  (random, { trained }) =>
    words(leadOf(random, trained, leadWords));

/** Retrieval: the application marks what it found, and says from which datanet. */
const aboutPassage: Form = (random, { retrieved }) => {
  const { text, datanet } = random.pick(retrieved);
  const open = SOURCE.open.replace("{datanet}", String(datanet));
  return `What does the President say about this? ${open}${passageOf(random, text)}${SOURCE.close}`;
};

const forms: readonly [Form, ...Form[]] = [
  asking((lead) => `What did the President say after the words "${lead}"?`),
  asking((lead) => `How would an address to Congress continue: ${lead} ...`),
  asking((lead) => `I wrote this; say it once more and finish it: ${lead}`, OWN_WORDS),
  aboutPassage,
];

/** The words of a question about one of the texts. */
export function askAbout(sources: Sources, random: SeededRandom): string {
  return random.pick(forms)(random, sources);
}

function leadOf(random: SeededRandom, sources: readonly [Source, ...Source[]], words: number): string {
  const sentences = sentencesOf(random.pick(sources).text).filter((sentence) => wordsOf(sentence).length > words);
  const [first = "The state of the Union is what the people make of it", ...rest] = sentences;
  return wordsOf(random.pick([first, ...rest]))
    .slice(0, words)
    .join(" ");
}

function passageOf(random: SeededRandom, text: string): string {
  const sentences = sentencesOf(text);
  const from = random.below(Math.max(1, sentences.length - PASSAGE_SENTENCES + 1));
  return sentences.slice(from, from + PASSAGE_SENTENCES).join(" ");
}

function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.?!])\s+/);
}
