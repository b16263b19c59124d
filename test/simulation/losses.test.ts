import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "#test/simulation/cluster.js";
import type { Machine } from "#test/simulation/machine.js";

const losses: Readonly<Record<string, (machine: Machine, choose: (below: number) => number) => void>> = {
  "its log": (machine) => machine.loseLog(),
  "a bit of its log": (machine, choose) => void machine.flipBit("log", choose),
  "a bit of its database": (machine, choose) => void machine.flipBit("database", choose),
};
for (const [what, lose] of Object.entries(losses)) {
  test(`a machine that loses ${what}, again and again, stays true to itself and comes back`, async () => {
    const cluster = new Cluster({ seed: 91n, powers: [10n, 10n, 10n, 10n], diskMs: 4 });
    const { checks, random } = cluster;
    cluster.start();
    for (let i = 0; i < 4; i++) {
      assert.ok(await cluster.reach(checks.highest + 1n, 60_000), `${checks.problems.join()} ${cluster.where()}`);
      await cluster.pass(random.below(1_000)); // Anywhere in a height.
      cluster.crash([2]);
      lose(cluster.machines[2]!, (below) => random.below(below));
      cluster.start([2]);
    }
    assert.ok(await cluster.reach(checks.highest + 2n, 60_000), `${checks.problems.join()} ${cluster.where()}`);
    cluster.stop();
    await cluster.checkChain();
    assert.deepEqual(checks.problems, []);
  });
}
