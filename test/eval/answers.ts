import { jsonLines } from "./corpus.js";

/** Documented in docs/answers.md. */
export interface Passage {
  readonly passage: string;
  readonly genre: string;
  readonly source: string;
  readonly owner: string;
  readonly text: string;
}

export type Run = "retrieval" | "closed" | "unrelated";

export interface Answer {
  readonly question: string;
  readonly run: Run;
  readonly passages: readonly Passage[];
  readonly asked: string;
  readonly text: string;
}

export interface AnswersFile {
  readonly model: string;
  readonly passages: readonly Passage[];
  readonly answers: readonly Answer[];
}

export const FORMAT = "tributary/answers/1";
type Line = Readonly<Record<string, unknown>>;

/** @throws Error naming the line that is not of the format */
export function readAnswers(path: string): AnswersFile {
  const [head, ...lines] = jsonLines(path) as Line[];
  if (head?.["format"] !== FORMAT) throw new Error(`${path}: the first line lacks "format": "${FORMAT}"`);
  const passages = new Map<string, Passage>();
  const questions = new Map<string, string>();
  const answers: Answer[] = [];
  for (const [i, line] of lines.entries()) {
    const place = `${path}, line ${i + 2}`;
    const text = (key: string): string => {
      const value = line[key];
      if (typeof value !== "string") throw new Error(`${place}: "${key}" is no string`);
      return value;
    };
    const known = <T>(map: ReadonlyMap<string, T>, key: string): T => {
      const value = map.get(key);
      if (value === undefined) throw new Error(`${place}: nothing before it has the id "${key}"`);
      return value;
    };
    if ("passage" in line) {
      const entry = { genre: text("genre"), source: text("source"), owner: text("owner"), text: text("text") };
      passages.set(text("passage"), { passage: text("passage"), ...entry });
    } else if ("question" in line) questions.set(text("question"), text("text"));
    else {
      const question = text("answer");
      const ids = line["passages"];
      if (!Array.isArray(ids)) throw new Error(`${place}: "passages" is no list`);
      answers.push({
        question,
        run: runOf(text("run"), place),
        passages: ids.map((id) => known(passages, String(id))),
        asked: known(questions, question),
        text: text("text"),
      });
    }
  }
  return { model: String(head["model"]), passages: [...passages.values()], answers };
}

function runOf(run: string, place: string): Run {
  if (run === "retrieval" || run === "closed" || run === "unrelated") return run;
  throw new Error(`${place}: "${run}" is no run`);
}
