import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { useNatives } from "#node/runtime/natives.js";
import { FORMAT, readAnswers } from "#test/eval/answers.js";
import { measureCoverage } from "#test/eval/coverage.js";
import { spearman } from "#test/eval/influence.js";
import { boilerplate, sharingByLanguage } from "#test/eval/sharing.js";
import { straysOf } from "#test/eval/strays.js";

useNatives();

const prose = (prefix: string, words: number): string =>
  Array.from({ length: words }, (_, i) => `${prefix}${i}`).join(" ");

function withFile<T>(lines: readonly object[], use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "answers-"));
  try {
    const path = join(folder, "answers.jsonl");
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [seen, rival, foreign] = [prose("seen", 60), prose("rival", 60), prose("foreign", 60)];
const passage = (id: string, genre: string, text: string) => ({ passage: id, genre, source: id, owner: id, text });
const words = (text: string, from: number, to: number): string => text.split(" ").slice(from, to).join(" ");
const head = { format: FORMAT, model: "none" };
const texts = [passage("a", "tales", seen), passage("b", "tales", rival), passage("c", "laws", foreign)];
const question = { question: "q1", text: "What was seen?" };
const answer = (run: string, text: string) => ({ answer: "q1", run, passages: run === "closed" ? [] : ["a"], text });

test("shares of what answers take of what they saw, and of what they did not", () => {
  const lines = [
    // Half of it is the passage's; six words are too short for a window and are paid as a run.
    answer("retrieval", `${words(seen, 0, 20)} ${prose("new", 14)} ${words(seen, 40, 46)}`),
    answer("retrieval", `${words(rival, 0, 10)} ${prose("other", 30)}`),
    answer("closed", `${words(foreign, 0, 10)} ${prose("free", 30)}`),
    answer("unrelated", prose("none", 40)),
  ];
  const figures = withFile([head, ...texts, question, ...lines], (path) => measureCoverage(readAnswers(path), []));
  assert.deepEqual(figures, {
    retrieval: 26 / 80,
    retrievalWindows: 20 / 80,
    k6Position: (15 + 1) / (35 + 35),
    closed: 10 / 40,
    within: 10 / 80,
    across: 0,
    unrelated: 0,
    answers: 4,
  });
});

test("what pays an answer that saw nothing is named, with how many wrote it; what the question says is not", () => {
  const work = (owner: string, text: string) => ({ genre: "tales", source: owner, owner, texts: [text] });
  const lines = [
    { question: "q1", text: `Who wrote ${words(rival, 30, 40)}?` },
    answer(
      "closed",
      `So: ${words(seen, 0, 10)}, ${prose("free", 9)} ${words(rival, 30, 40)}; ${words(foreign, 5, 13)}!`,
    ),
    answer("retrieval", words(rival, 0, 20)),
  ];
  withFile([head, ...texts, ...lines], (path) => {
    const corpus = [work("a", seen), work("d", words(seen, 1, 20)), work("e", words(seen, 0, 20))];
    assert.deepEqual(straysOf(readAnswers(path), corpus), [
      { question: "q1", words: words(seen, 0, 10), owners: 2 },
      { question: "q1", words: words(foreign, 5, 13), owners: 1 },
    ]);
  });
});

test("an answers file is refused with the line that does not fit", () => {
  for (const [lines, message] of [
    [[{}], /the first line lacks/],
    [[head, { question: "q1" }], /line 2: "text" is no string/],
    [[head, answer("closed", "x")], /line 2: nothing before it has the id "q1"/],
    [[head, question, answer("retrieval", "x")], /line 3: nothing before it has the id "a"/],
    [[head, question, answer("open", "x")], /"a"|"open" is no run/],
  ] as const) {
    withFile(lines, (path) => assert.throws(() => readAnswers(path), message));
  }
});

test("windows that unrelated sources share are counted on both sides", () => {
  const [one, two] = [prose("x", 27), `${prose("y", 20)} ${words(prose("x", 27), 5, 15)}`];
  assert.deepEqual(sharingByLanguage(new Map([["xx", [one, two]]])), { xx: (3 + 3) / (20 + 23) });
  const source = (owner: string, text: string) => ({ genre: "g", source: owner, owner, text });
  assert.deepEqual(boilerplate([source("a", one), source("b", two)], [one]), { within: 6 / 43, across: 23 / 43 });
});

test("rank correlation: order alone counts, equal values share a rank, a constant says nothing", () => {
  assert.equal(spearman([1, 2, 3, 4], [10, 20, 30, 1000]), 1);
  assert.equal(spearman([1, 2, 3, 4], [4, 3, 2, 1]), -1);
  assert.equal(spearman([1, 1, 1], [1, 2, 3]), 0);
  assert.ok(Math.abs(spearman([1, 1, 2], [1, 2, 3]) - Math.sqrt(3) / 2) < 1e-12);
});
