import type { Answer, AnswersFile } from "./answers.js";
import { printer, ratio } from "./coverage.js";
import { Holders, paidWeight, rule } from "./holders.js";
import { keysOfText } from "./text.js";

export interface StockPhrases {
  /** Share of answers that a farm of phrases earns, without and with the list of common phrases. */
  readonly unlisted: number;
  readonly listed: number;
}

/** Answers that repeat a phrase come from different questions. A third lists, a third is what the farm saw, a third is paid. */
export function stockPhrases({ answers, passages }: AnswersFile): StockPhrases {
  const print = printer();
  const third = (part: number): Answer[] => answers.filter(({ question }) => numberOf(question) % 3 === part);
  const list = new Set(repeated(third(0)).flatMap(({ keys }) => keys));
  const farm = repeated(third(1)).map(({ text }) => text);
  const paid = third(2);
  const asked = new Set(paid.flatMap(({ text }) => [...keysOfText(text)]));
  const index = new Holders([{ genre: "phrases", source: "farm", owner: "farm", texts: farm }], asked).index(
    () => true,
  );
  const share = (common: ReadonlySet<number>): number => {
    const rulings = paid.map(({ asked: question, text }) =>
      rule({ own: print(question), marked: [], answer: print(text) }, { index, licensed: true, common }),
    );
    return ratio(
      rulings.reduce((sum, ruling) => sum + paidWeight(ruling), 0),
      rulings.reduce((sum, ruling) => sum + ruling.weight, 0),
    );
  };
  return { unlisted: share(new Set()), listed: share(list) };

  /** Answers of which a window stands in the answer to another question too, and in no passage; with those windows. */
  function repeated(of: readonly Answer[]): { text: string; keys: number[] }[] {
    const known = new Set(passages.flatMap(({ text }) => [...keysOfText(text)]));
    const first = new Map<number, string>();
    const several = new Set<number>();
    for (const { question, text } of of) {
      for (const key of keysOfText(text)) {
        const other = first.get(key);
        if (other === undefined) first.set(key, question);
        else if (other !== question && !known.has(key)) several.add(key);
      }
    }
    return of
      .map(({ text }) => ({ text, keys: [...keysOfText(text)].filter((key) => several.has(key)) }))
      .filter(({ keys }) => keys.length > 0);
  }
}

function numberOf(question: string): number {
  return Number(/\d+/.exec(question)?.[0] ?? 0);
}
