import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "#test/simulation/cluster.js";
import { Losses } from "#test/simulation/losses.js";
import { seeded } from "#test/simulation/random.js";

test("a machine that loses its log and single bits again and again stays true to itself and comes back", async () => {
  const cluster = new Cluster({ seed: 91n, powers: [10n, 10n, 10n, 10n], diskMs: 4 });
  const { checks } = cluster;
  const losses = new Losses(cluster, seeded(91n), 2);
  cluster.start();
  losses.start();
  const kinds = ["logs lost", "bits flipped in a log", "bits flipped in a database"];
  await cluster.until(() => kinds.every((kind) => (cluster.inflicted[kind] ?? 0) > 0), 100_000);
  losses.stop();
  assert.deepEqual(checks.problems, []);
  for (const kind of kinds) assert.ok((cluster.inflicted[kind] ?? 0) > 0, JSON.stringify(cluster.inflicted));
  assert.ok(await cluster.reach(checks.highest + 2n, 60_000), `${checks.problems.join()} ${cluster.where()}`);
  cluster.stop();
  await cluster.checkChain();
  assert.deepEqual(checks.problems, []);
});
