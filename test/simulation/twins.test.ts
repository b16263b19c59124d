import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "#test/simulation/random.js";
import { CHOICES, parts, runPart } from "#test/twins/exhaustive.js";
import { parseScenario, sampled, scenarioText, UNSAFE } from "#test/twins/scenario.js";
import { problemIn, run, sampleOf } from "#test/twins/tasks.js";
import { Broken, play } from "#test/twins/world.js";

const SAMPLES = 1_000;

test(`twins: ${SAMPLES} scenarios of either message model keep every promise`, () => {
  const { run: ran, failures } = run({ kind: "samples", seed: 1n, from: 0, count: SAMPLES });
  assert.equal(ran, SAMPLES);
  assert.deepEqual(failures, []);
});

test("twins: a part of all scenarios of four validators over three rounds keeps every promise", () => {
  // Five nodes have 52 partitions, each with four leaders; twelve renamings leave this many beginnings.
  assert.equal(CHOICES, 4 * 52);
  const all = parts();
  assert.equal(all.length, 4 * 42);
  const counts = runPart(all[61]!, (rounds, error) => assert.fail(`${JSON.stringify(rounds)}: ${String(error)}`));
  assert.ok(counts.run > 1_000 && counts.covered >= counts.run, JSON.stringify(counts));
});

test("twins of a third of the power and more fork the chain, and the checker says so", () => {
  let forks = 0;
  for (let seed = 0n; seed < 300n; seed++) {
    const scenario = sampled(seeded(seed), UNSAFE);
    try {
      play(scenario);
    } catch (error) {
      assert.ok(error instanceof Broken && error.message.startsWith("fork:"), String(error));
      forks++;
    }
  }
  assert.ok(forks >= 3, `${forks} forks`);
});

test("twins: two in the known split of a tie fork four validators", () => {
  // Each pair of copies decides with one honest validator, neither of which hears the other.
  const scenario = parseScenario("4/2 0:p000111")!;
  assert.match(problemIn(scenario) ?? "", /^fork: nodes 2 and 3/);
  assert.equal(problemIn(parseScenario("4/1 0:p00011")!), undefined);
});

test("twins: the text of a scenario is that scenario", () => {
  for (let index = 0; index < 300; index++) {
    const scenario = sampleOf(3n, index);
    assert.deepEqual(parseScenario(scenarioText(scenario)), scenario);
  }
  for (const text of ["", "4/1", "4/1 0:p0001", "4/1 5:p00000", "8/1 0:p000000000", "4/1 0:p00000 x"]) {
    assert.equal(parseScenario(text), undefined, text);
  }
});
