import assert from "node:assert/strict";
import { test } from "node:test";
import { Recorder } from "#test/simulation/canonical.js";
import { coreRunOf, runCores } from "#test/simulation/core.js";
import { sampleOf } from "#test/twins/tasks.js";
import { play } from "#test/twins/world.js";

/** L86: consensus is a function of its inputs, and of nothing else: the log of a run gives the run, to the byte. */

test("replaying the log of twins gives byte-equal effects", () => {
  let inputs = 0;
  for (let index = 0; index < 60; index++) {
    const recorder = new Recorder();
    play(sampleOf(2n, index), {
      begun: (node) => recorder.begin(node, []),
      fed: (node, input, effects) => recorder.fed(node, input, effects),
    });
    inputs += recorder.replay();
  }
  assert.ok(inputs > 10_000, `${inputs} inputs`);
});

test("replaying the log of cores that crash gives byte-equal effects in every life", () => {
  let inputs = 0;
  let crashes = 0;
  for (let seed = 1n; seed <= 14n; seed++) {
    const recorder = new Recorder();
    const { faults } = runCores(coreRunOf(seed, 2n), recorder);
    inputs += recorder.replay();
    crashes += faults["crashes"]!;
  }
  assert.ok(inputs > 3_000 && crashes > 0, `${inputs} inputs, ${crashes} crashes`);
});

test("a log with one input missing gives other effects, and the comparison says so", () => {
  const recorder = new Recorder();
  let skipped = false;
  play(sampleOf(2n, 0), {
    begun: (node) => recorder.begin(node, []),
    fed(node, input, effects) {
      if (node === 1 && input.kind === "proposal" && !skipped) skipped = true;
      else recorder.fed(node, input, effects);
    },
  });
  assert.ok(skipped);
  assert.throws(() => recorder.replay(), /node 1, life 0, input \d+ \(\w+\): other effects/);
});
