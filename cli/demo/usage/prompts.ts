import type { RequestText } from "#proto/attribution/issue.js";
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

/** A consumer's question. */
export interface Prompt {
  readonly texts: readonly RequestText[];
  /** The words that the answer goes on from; none if a marked passage says them. */
  readonly lead: string;
  /** The answer begins with the lead: the user's own words are not paid. */
  readonly repeats: boolean;
}

type Form = (random: SeededRandom, sources: Sources) => Prompt;

const asking =
  (words: (lead: string) => string, repeats = false): Form =>
  (random, { trained }) => {
    const lead = leadOf(random, trained, repeats ? OWN_WORDS : LEAD_WORDS);
    return { texts: [{ kind: "own", text: words(lead) }], lead, repeats };
  };

/** Retrieval: the application marks what it found, and says from which datanet. */
const aboutPassage: Form = (random, { retrieved }) => {
  const { text, datanet } = random.pick(retrieved);
  const question: RequestText = { kind: "own", text: "What does the President say about this?" };
  return {
    texts: [question, { kind: "marked", text: passageOf(random, text), datanet }],
    lead: "",
    repeats: false,
  };
};

const forms: readonly [Form, ...Form[]] = [
  asking((lead) => `What did the President say after the words "${lead}"?`),
  asking((lead) => `How would an address to Congress continue: ${lead} ...`),
  asking((lead) => `I wrote this; say it once more and finish it: ${lead}`, true),
  aboutPassage,
];

/** A question about one of the texts. */
export function askAbout(sources: Sources, random: SeededRandom): Prompt {
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
