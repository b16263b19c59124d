import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "#test/simulation/cluster.js";

test("a validator without peers has not caught up, with them it has; one that decides alone needs none", async () => {
  const cluster = new Cluster({ seed: 91n, powers: [10n, 10n, 10n, 10n] });
  const standing = () => cluster.machines[0]!.node?.status;
  cluster.start([0]);
  await cluster.pass(30_000);
  assert.deepEqual(standing(), { phase: "following", peers: 0, sufficesAlone: false, caughtUp: false });
  cluster.start();
  assert.ok(await cluster.reach(2n, 60_000), cluster.where());
  assert.deepEqual(standing(), { phase: "following", peers: 3, sufficesAlone: false, caughtUp: true });
  cluster.stop();
  const alone = new Cluster({ seed: 92n, powers: [10n] });
  alone.start();
  await alone.pass(500);
  const node = alone.machines[0]!.node;
  assert.deepEqual(node?.status, { phase: "following", peers: 0, sufficesAlone: true, caughtUp: true });
  alone.stop();
});
