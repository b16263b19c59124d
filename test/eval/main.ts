import { existsSync } from "node:fs";
import { join } from "node:path";
import { useNatives } from "#node/runtime/natives.js";
import { optionsOf, refuse } from "#test/fixtures/options.js";
import { root } from "#test/tidy/sources.js";
import { attacks, outcomeOf } from "#test/unit/proto/attribution/rule/attacks.js";
import { readAnswers } from "./answers.js";
import { languagesBelow, shippedLanguages, speeches } from "./corpus.js";
import { measureCoverage } from "./coverage.js";
import { goals, type Figures } from "./goals.js";
import { influence } from "./influence.js";
import { plantedSpans } from "./planted.js";
import { boilerplate, sharingByLanguage } from "./sharing.js";
import { stockPhrases } from "./stock.js";
import { straysOf } from "./strays.js";

const USAGE = "npm run attribution-eval -- [--json] [--corpus <folder of languages>] [--answers <file.jsonl[.gz]>]";
const { values } = optionsOf(USAGE, {
  options: { json: { type: "boolean" }, corpus: { type: "string" }, answers: { type: "string" } },
});
const answersPath = values.answers ?? join(root, "test", "eval", "data", "answers.jsonl.gz");
for (const path of [answersPath, ...(values.corpus === undefined ? [] : [values.corpus])]) {
  if (!existsSync(path)) refuse(`${path} is not there`);
}

useNatives();
const say = (text: string): void => void (values.json === true || process.stdout.write(`${text}\n`));
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const played = attacks.map((attack) => ({ ...attack, ...outcomeOf(attack) }));
for (const { name, gain, taken, waiting, limit } of played) {
  say(`attack: gain ${gain}, taken ${taken}, waiting ${waiting}: ${name}`);
  if (limit !== undefined) say(`  a limit of the rule: ${limit}`);
}
const rowOf = ({ name, gain, taken, waiting }: (typeof played)[number]) => ({ name, gain, taken, waiting, paid: 0 });
const rows = played.filter(({ limit }) => limit === undefined).map(rowOf);

const corpus = speeches();
const file = readAnswers(answersPath);
const works = corpus.map(({ text, ...work }) => ({ ...work, texts: [text] }));
const coverage = measureCoverage(file, works);
say(`${coverage.answers} answers of ${file.model}`);
say(`paid with passages: ${percent(coverage.retrieval)}, ${percent(coverage.retrievalWindows)} of it by windows`);
say(`k = 6 by position: ${percent(coverage.k6Position)} of the same answers`);
say(
  `paid without passages: ${percent(coverage.closed)}; of a passage that has nothing to do with the question: ${percent(coverage.unrelated)}`,
);
for (const { question, words, owners } of straysOf(file, works)) {
  say(`paid without passages, ${question}: "${words}", which ${owners} ${owners === 1 ? "owner" : "owners"} wrote`);
}
say(`paid to who was not seen: ${percent(coverage.within)} of the same genre, ${percent(coverage.across)} of others`);

const stock = stockPhrases(file);
say(
  `a farm of stock phrases earns ${percent(stock.unlisted)}, with the list of common phrases ${percent(stock.listed)}`,
);

const sharing = sharingByLanguage(values.corpus === undefined ? shippedLanguages() : languagesBelow(values.corpus));
for (const [language, share] of Object.entries(sharing)) {
  say(`windows of unrelated sources in ${language} that are shared: ${percent(share)}`);
}

for (const { words, changed, recall, miscredit } of plantedSpans(corpus)) {
  const edit = changed === 0 ? "verbatim" : `one word in ${changed} changed`;
  say(
    `a span of ${words} words, ${edit}: ${percent(recall)} paid to its owner, ${percent(miscredit)} of all pay to others`,
  );
}

const { within, across } = boilerplate(
  corpus,
  file.passages.filter(({ genre }) => genre !== "speeches").map(({ text }) => text),
);
say(`windows of speeches that another speaker has too: ${percent(within)}; that another genre has: ${percent(across)}`);

const scores = influence(corpus, [2, 3, 4, 5]);
for (const { order, lds } of scores) {
  say(`rank correlation with retraining, n-gram model of order ${order}: ${lds.toFixed(3)}`);
}

const figures: Figures = {
  coverage_retrieval: coverage.retrieval,
  coverage_k6_position: coverage.k6Position,
  coverage_closed: coverage.closed,
  miscredit_within: coverage.within,
  miscredit_across: coverage.across,
  sharing,
  lds_order5: scores.find(({ order }) => order === 5)!.lds,
  attacks: rows,
  limits: played.filter(({ limit }) => limit !== undefined).map(rowOf),
  stock_phrases: stock.unlisted,
  stock_phrases_listed: stock.listed,
};
const questions = new Set(file.answers.map(({ question }) => question)).size;
const failed = goals.filter(({ holds }) => !holds(figures, questions)).map(({ name }) => name);
const succeeded = rows.filter(({ gain, taken, paid }) => gain > 0 || taken > paid).map(({ name }) => `attack: ${name}`);
process.stdout.write(`${JSON.stringify({ ...figures, failed: [...failed, ...succeeded] })}\n`);
process.exitCode = failed.length + succeeded.length === 0 ? 0 : 1;
