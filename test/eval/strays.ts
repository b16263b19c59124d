import { tokenAt, tokenize } from "#proto/attribution/tokens.js";
import { isRejection } from "#proto/rejection.js";
import type { AnswersFile } from "./answers.js";
import { worksOf } from "./coverage.js";
import { Holders, type Work } from "./holders.js";
import { keysOfText, printOf } from "./text.js";

/** Windows in a row by which sources earn from an answer that saw no passage. */
export interface Stray {
  readonly question: string;
  readonly words: string;
  /** Owners of a source that holds the window that fewest hold. */
  readonly owners: number;
}

/** What is paid of closed-book answers, window by window: common phrases of a genre are held by several owners. */
export function straysOf(file: AnswersFile, corpus: readonly Work[]): Stray[] {
  const answers = file.answers.filter(({ run }) => run === "closed");
  const holders = new Holders(worksOf(file, corpus), new Set(answers.flatMap(({ text }) => [...keysOfText(text)])));
  return answers.flatMap(({ question, asked, text }) => {
    const echo = new Set(keysOfText(asked));
    const { ends } = printOf(text);
    const owners = [...keysOfText(text)].map((key) => (echo.has(key) ? 0 : holders.owners(key)));
    const rows: Stray[] = [];
    for (let from = 0; from < owners.length; from++) {
      if (owners[from] === 0) continue;
      let to = from;
      while (to + 1 < owners.length && owners[to + 1]! > 0) to++;
      rows.push({ question, words: wordsOf(text, from, ends[to]!), owners: Math.min(...owners.slice(from, to + 1)) });
      from = to;
    }
    return rows;
  });
}

/** Tokens of a text as it writes them, where each is a word of its own; else as the profile does. */
function wordsOf(text: string, from: number, to: number): string {
  const tokens = tokenize(text);
  if (isRejection(tokens)) return "";
  const words = text.match(/[\p{L}\p{M}\p{Nd}]+(['’][\p{L}\p{M}\p{Nd}]+)*/gu) ?? [];
  const wordAt = (i: number): string => (words.length === tokens.count ? words[i]! : tokenAt(tokens, i));
  return Array.from({ length: to - from }, (_, i) => wordAt(from + i)).join(" ");
}
