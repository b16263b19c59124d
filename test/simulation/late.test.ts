import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "#test/simulation/cluster.js";

const INTERVAL_MS = 3_000;
const HEIGHTS = 8n;

test("a validator that stood still once votes with the others again, at every height", async () => {
  const settings = (): { blockIntervalMs: number } => ({ blockIntervalMs: INTERVAL_MS });
  const cluster = new Cluster({ seed: 71n, powers: [10n, 10n, 10n, 10n], diskMs: 6, settings });
  const { checks } = cluster;
  cluster.start();
  assert.ok(await cluster.reach(2n, 30_000), cluster.where());
  await cluster.pass(600);
  cluster.pause(0, INTERVAL_MS - 500); // It comes late to one height. The others need it for none.
  await cluster.pass(2 * INTERVAL_MS);
  const from = checks.highest + 1n;
  assert.ok(await cluster.reach(from + HEIGHTS, 60_000), cluster.where());
  for (let height = from; height < from + HEIGHTS; height++) assert.ok(checks.hasSigned(0, height), `height ${height}`);
  assert.deepEqual(checks.problems, []);
  cluster.stop();
});
