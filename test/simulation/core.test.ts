import assert from "node:assert/strict";
import { test } from "node:test";
import { coreRunOf, runCores } from "#test/simulation/core.js";

const SEEDS = 120n;

test(`cores agree and go on over ${SEEDS} seeds of loss, delay, partitions, crashes and equivocators`, () => {
  const sums: Record<string, number> = {};
  for (let seed = 1n; seed <= SEEDS; seed++) {
    const { rounds, evidence, forks, faults } = runCores(coreRunOf(seed));
    for (const [name, count] of Object.entries({ rounds, evidence, forks, ...faults })) {
      sums[name] = (sums[name] ?? 0) + count;
    }
  }
  // A run in which nothing went wrong proves nothing.
  for (const [name, sum] of Object.entries(sums)) assert.ok(sum > (name === "forks" ? 0 : 10), `${name}: ${sum}`);
});

test("the same seed is the same run", () => {
  const once = runCores(coreRunOf(7n));
  assert.deepEqual(runCores(coreRunOf(7n)), once);
  assert.notEqual(runCores(coreRunOf(8n)).digest, once.digest);
});
