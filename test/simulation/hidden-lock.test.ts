import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "#test/simulation/random.js";
import { Cluster } from "#test/simulation/cluster.js";
import { HiddenLocks } from "#test/simulation/hidden-lock.js";

test("a lock that no other validator knows of is kept after a polka for nil, when a fresh block is offered", async () => {
  const cluster = new Cluster({ seed: 91n, powers: [10n, 10n, 10n, 10n] });
  const { checks } = cluster;
  const hiddenLocks = new HiddenLocks(cluster, seeded(91n));
  let isOver = false;
  cluster.start();
  assert.ok(await cluster.reach(1n, 30_000), cluster.where());
  hiddenLocks.once(() => (isOver = true));
  await cluster.until(() => isOver, 30_000);
  assert.deepEqual(checks.problems, []);
  assert.equal(cluster.inflicted["hidden locks"], 1, cluster.where());
  assert.ok(await cluster.reach(checks.highest + 1n, 30_000), `${checks.problems.join()} ${cluster.where()}`);
  cluster.stop();
});
