import assert from "node:assert/strict";
import { test } from "node:test";
import { ailments } from "#test/simulation/bad-disk.js";
import { Cluster } from "#test/simulation/cluster.js";

for (const ailment of ailments) {
  test(`a node whose disk is ${ailment} stops and says so, the others go on, and healed it is back`, async () => {
    const cluster = new Cluster({ seed: 81n, powers: [10n, 10n, 10n, 10n] });
    const { checks, machines } = cluster;
    const { disk } = machines[1]!;
    cluster.start();
    assert.ok(await cluster.reach(3n, 30_000), cluster.where());
    disk.fallIll(ailment, () => true);
    const stops = (): number => cluster.inflicted["stops over a disk"] ?? 0;
    assert.ok(await cluster.until(() => stops() > 1, 30_000), `${checks.problems.join()} ${cluster.where()}`);
    const ill = cluster.height(1);
    assert.ok(await cluster.reach(checks.highest + 3n, 60_000, [0, 2, 3]), cluster.where());
    assert.ok(cluster.height(1) <= ill + 1n);
    disk.heal();
    assert.ok(await cluster.reach(checks.highest + 2n, 60_000), `${checks.problems.join()} ${cluster.where()}`);
    cluster.stop();
    await cluster.checkChain();
    assert.deepEqual(checks.problems, []);
  });
}
