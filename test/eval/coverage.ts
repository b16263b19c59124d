import type { Answer, AnswersFile } from "./answers.js";
import { Holders, paidWeight, rule, type Asked, type Work } from "./holders.js";
import { positionsCovered } from "./k6.js";
import type { TextPrint } from "#proto/attribution/fingerprint.js";
import { keysOfText, printOf } from "./text.js";

export interface Coverage {
  /** Share of answers with passages that the new rule pays, by weight. */
  readonly retrieval: number;
  /** Of that: the part that windows of the answer pay. */
  readonly retrievalWindows: number;
  /** Share of positions of the same answers that k = 6 pays. */
  readonly k6Position: number;
  /** Share of answers without passages that is paid although their sources are licensed. */
  readonly closed: number;
  /** Share of answers that is paid to sources that they did not see: of the same genre, of another one. */
  readonly within: number;
  readonly across: number;
  /** Share of answers to other questions that is paid to the passage they saw. */
  readonly unrelated: number;
  readonly answers: number;
}

/** Each distinct text is printed once: passages stand in many answers. */
export function printer(): (text: string) => TextPrint {
  const known = new Map<string, TextPrint>();
  return (text) => {
    const print = known.get(text) ?? printOf(text);
    known.set(text, print);
    return print;
  };
}

/** The sources of the answers' passages: whole where the corpus has them, else as much as the passages hold of them. */
export function worksOf({ passages }: AnswersFile, corpus: readonly Work[]): Work[] {
  const whole = new Set(corpus.map(({ source }) => source));
  const parts = new Map<string, Work>();
  for (const { genre, source, owner, text } of passages) {
    if (whole.has(source)) continue;
    parts.set(source, { genre, source, owner, texts: [...(parts.get(source)?.texts ?? []), text] });
  }
  return [...corpus, ...parts.values()];
}

export function measureCoverage(file: AnswersFile, corpus: readonly Work[]): Coverage {
  const print = printer();
  const askedOf = ({ asked, passages, text }: Answer): Asked => ({
    own: print(asked),
    marked: passages.map((passage) => print(passage.text)),
    answer: print(text),
  });
  const texts = file.answers.flatMap(({ text, passages }) => [text, ...passages.map((passage) => passage.text)]);
  const holders = new Holders(
    worksOf(file, corpus),
    new Set([...new Set(texts)].flatMap((text) => [...keysOfText(text)])),
  );
  const of = (run: Answer["run"]): Answer[] => file.answers.filter((answer) => answer.run === run);

  const all = holders.index(() => true);
  const share = (answers: readonly Answer[], measure: (answer: Answer) => { paid: number; of: number }): number => {
    const sums = answers.map(measure);
    return ratio(
      sums.reduce((sum, { paid }) => sum + paid, 0),
      sums.reduce((sum, entry) => sum + entry.of, 0),
    );
  };
  const byContext = (answer: Answer, windowsOnly: boolean) => {
    const ruling = rule(askedOf(answer), { index: all, licensed: false });
    const runs = paidWeight({ ...ruling, payee: ruling.payee.map((payee, i) => (ruling.place[i]! >= 0 ? payee : -1)) });
    return { paid: paidWeight(ruling) - (windowsOnly ? runs : 0), of: ruling.weight };
  };
  /** What sources that the answer has not seen are paid for it, with all of them licensed. */
  const unseen = (answer: Answer, isSameGenre: boolean) => {
    const seen = new Set(answer.passages.map(({ owner, genre }) => `${genre}/${owner}`));
    const sources = new Set(answer.passages.map(({ source }) => source));
    const genres = new Set(answer.passages.map(({ genre }) => genre));
    const isUnseen = ({ genre, owner, source }: Work): boolean =>
      genres.has(genre) === isSameGenre &&
      !sources.has(source) &&
      !(genre === "speeches" && seen.has(`${genre}/${owner}`));
    const ruling = rule(askedOf(answer), { index: holders.index(isUnseen), licensed: true });
    return { paid: paidWeight(ruling), of: ruling.weight };
  };
  return {
    retrieval: share(of("retrieval"), (answer) => byContext(answer, false)),
    retrievalWindows: share(of("retrieval"), (answer) => byContext(answer, true)),
    k6Position: share(of("retrieval"), (answer) => positionsCovered(answer, holders.works)),
    closed: share(of("closed"), (answer) => {
      const ruling = rule(askedOf(answer), { index: all, licensed: true });
      return { paid: paidWeight(ruling), of: ruling.weight };
    }),
    within: share(of("retrieval"), (answer) => unseen(answer, true)),
    across: share(of("retrieval"), (answer) => unseen(answer, false)),
    unrelated: share(of("unrelated"), (answer) => byContext(answer, false)),
    answers: file.answers.length,
  };
}

export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
