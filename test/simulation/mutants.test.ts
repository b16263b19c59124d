import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mutated, StaleMutant } from "#test/mutants/mutant.js";
import { mutants } from "#test/mutants/tables/all.js";
import { root } from "#test/tidy/sources.js";

const built = (file: string): string => readFileSync(join(root, "dist", file), "utf8");

test("every mutant fits the program as it is, and has a name of its own", () => {
  for (const mutant of mutants) assert.notEqual(mutated(built(mutant.file), mutant), built(mutant.file), mutant.name);
  assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
});

test("a mutant whose text is gone, or there twice, is an error", () => {
  const mutant = { name: "m", rule: "T1", file: "", from: "a", to: "b" };
  assert.equal(mutated("xax", mutant), "xbx");
  for (const text of ["x", "aa"]) assert.throws(() => mutated(text, mutant), StaleMutant);
  assert.throws(() => mutated("a", { ...mutant, to: "a" }), StaleMutant);
});

test("the rules that matter have mutants", () => {
  const rules = new Set(mutants.flatMap(({ rule }) => rule.match(/[A-Z]+\d+/g) ?? []));
  const wanted = [
    ...Array.from({ length: 21 }, (_, i) => `T${i + 1}`).filter((rule) => !["T17"].includes(rule)),
    ...["W1", "W2", "W3", "W6", "W7", "W8", "W9", "P1", "P2", "P3", "P5", "P6", "P7", "P8"],
    ...["V2", "V3", "V4", "E1", "E2", "E3", "E5", "X1", "X2", "X3", "BT3", "B1", "B2", "S1", "S5"],
  ];
  assert.deepEqual(
    wanted.filter((rule) => !rules.has(rule)),
    [],
  );
});

test("the runner tells a caught mutant from a missed one", () => {
  const only = "polka for nil unlocks,the highest address wins a tie";
  const program = join(root, "dist/test/mutants/main.js");
  const args = ["--only", only, "--checks", "unit/consensus", "--jobs", "1", "--json"];
  const { status, stdout } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
  assert.equal(status, 1);
  const missed = [{ name: "the highest address wins a tie", rule: "V3" }];
  assert.deepEqual(JSON.parse(stdout), { mutants: 2, caught: 1, missed });
});
