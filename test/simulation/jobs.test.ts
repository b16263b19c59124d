import assert from "node:assert/strict";
import { test } from "node:test";
import { portable } from "#proto/crypto/backend.js";
import { runSeeds } from "#test/simulation/jobs.js";
import { remembered } from "#test/simulation/remembered.js";
import { suites, type SeedOptions, type SeedResult } from "#test/simulation/suites.js";

const options: SeedOptions = { suite: "nodes", heights: 2n, mode: "safety", validators: 4 };

test("seeds in worker processes come in their order and are the same runs", async () => {
  const seeds = [3n, 1n, 2n];
  const results: SeedResult[] = [];
  await runSeeds(seeds, options, 2, (result) => results.push(result));
  assert.deepEqual(
    results.map(({ seed }) => seed),
    seeds,
  );
  assert.deepEqual(results[0], await suites.nodes.run(3n, options, undefined));
  assert.equal(results[0]?.problem, undefined);
});

test("what is remembered of one input is never said of another", () => {
  const worked: string[] = [];
  const { pure } = remembered({
    ...portable,
    pure: (name, _inputs, work) => {
      worked.push(name);
      return work();
    },
  });
  const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all);
  const cases = [
    [bytes(1, 2), bytes(3)],
    [bytes(1), bytes(2, 3)],
    [bytes(1, 2, 3)],
    [bytes(1, 2), bytes(3), bytes()],
    [bytes(0x20, 0x31), bytes(0x20)],
  ];
  for (const [i, inputs] of cases.entries()) {
    assert.equal(
      pure("a", inputs, () => i),
      i,
    );
  }
  for (const [i, inputs] of cases.entries()) {
    assert.equal(
      pure("a", inputs, () => -1),
      i,
    );
  }
  assert.equal(
    pure("b", cases[0]!, () => 7),
    7,
  );
  assert.equal(worked.length, cases.length + 1);
});
