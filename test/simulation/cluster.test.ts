import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "./cluster.js";

test("four nodes decide blocks together", async () => {
  const cluster = new Cluster({ seed: 1n, powers: [10n, 10n, 10n, 10n] });
  for (let i = 0; i < 4; i++) await cluster.start(i);
  const reached = await cluster.reach(5n, 60_000);
  if (cluster.faults[0] !== undefined) throw cluster.faults[0];
  assert.ok(reached, `heights ${[0, 1, 2, 3].map((i) => cluster.height(i)).join(" ")}`);
  assert.equal(cluster.disagreement(), undefined);
  await cluster.stop();
});
