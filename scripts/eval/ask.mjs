// Asks a local instruction model every question three times and writes the answers file of docs/answers.md. Usage:
//   node scripts/eval/ask.mjs --passages passages.jsonl --model <file.gguf> --llama <folder of node-llama-cpp> --out answers.jsonl
// What the output file holds already is not asked again, so an interrupted run goes on.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const text = { type: "string" };
const { values } = parseArgs({ options: { passages: text, model: text, llama: text, out: text } });
const { getLlama } = await import(pathToFileURL(resolve(values.llama, "dist/index.js")).href);

const TOKENS_MAX = 64;
const CONTEXT_TOKENS = 1024;

const linesOf = (path) =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
const passages = linesOf(values.passages).map((line) => JSON.parse(line));
const questions = linesOf(join(import.meta.dirname, "questions.txt")).map((line) => {
  const [passage] = line.split(" ", 1);
  return { id: `q${passage.slice(1)}`, passage, question: line.slice(passage.length + 1) };
});
const byId = new Map(passages.map((passage) => [passage.id, passage]));

const turn = (role, content) => `<|im_start|>${role}\n${content}<|im_end|>\n`;
const prompt = (question, used) => {
  const system =
    used.length === 0
      ? "You answer questions in two or three sentences."
      : "You answer questions in two or three sentences. Use the passage.";
  const sources = used.map((id) => `Passage: ${byId.get(id).text}\n\n`).join("");
  return `${turn("system", system)}${turn("user", `${sources}Question: ${question}`)}<|im_start|>assistant\n`;
};

// A passage serves its own question, and every fourth one also a question half the set away, with which it has nothing to do.
const plan = questions.map((entry, at) => ({
  ...entry,
  used: [entry.passage],
  other: questions[(at + (questions.length >> 1)) % questions.length],
}));

const llama = await getLlama({ gpu: false, maxThreads: 1, build: "never" });
const model = await llama.loadModel({ modelPath: values.model });
const context = await model.createContext({ contextSize: CONTEXT_TOKENS, threads: 1 });
const sequence = context.getSequence();

/** The likeliest token each time, with nothing kept of what was asked before: the same model gives the same answer on the same CPU. */
async function ask(input) {
  const tokens = model.tokenize(input, true);
  await sequence.clearHistory();
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
  const out = [];
  for await (const token of sequence.evaluate(tokens.slice(sequence.nextTokenIndex), { temperature: 0 })) {
    if (model.isEogToken(token)) break;
    out.push(token);
    if (out.length === TOKENS_MAX) break;
  }
  return model.detokenize(out).trim();
}

const known = new Set(
  existsSync(values.out)
    ? linesOf(values.out)
        .map((line) => JSON.parse(line))
        .map(({ question, run }) => `${question}/${run}`)
    : [],
);
async function answer({ id, question }, run, used) {
  if (known.has(`${id}/${run}`)) return;
  const input = prompt(question, used);
  const line = { question: id, run, passages: used, prompt: input, answer: await ask(input) };
  appendFileSync(values.out, `${JSON.stringify(line)}\n`);
}

for (const [at, { used, other, ...entry }] of plan.entries()) {
  await answer(entry, "retrieval", used);
  if (at % 4 === 0) await answer(other, "unrelated", used);
  await answer(entry, "closed", []);
}
process.exit(0);
