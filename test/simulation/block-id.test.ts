import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "#test/simulation/cluster.js";
import type { RoleName } from "#test/simulation/roles/index.js";

/** A signature for an id without bytes, or bytes without signatures, stops no node: at once, later or after a restart. */

const LIAR = 3;
const NEWCOMER = 4;

function clusterWith(role: RoleName, seed: bigint): Cluster {
  const cluster = new Cluster({ seed, powers: [10n, 10n, 10n, 10n, 0n], roles: { [LIAR]: role } });
  cluster.start([0, 1, 2, LIAR]);
  return cluster;
}

/** All nodes restart, a new one follows, and the disks hold the decided chain. */
async function goesOn(cluster: Cluster): Promise<void> {
  const { checks } = cluster;
  cluster.crash([1]);
  cluster.start([1, NEWCOMER]);
  const reached = await cluster.reach(checks.highest + 3n, 90_000, [0, 1, 2, NEWCOMER]);
  assert.deepEqual(checks.problems, [], cluster.where());
  assert.ok(reached, cluster.where());
  cluster.stop();
  await cluster.checkChain();
  assert.deepEqual(checks.problems, []);
}

test("an id with one part too many is not decided", async () => {
  const cluster = clusterWith("wrong total", 81n);
  assert.ok(await cluster.reach(6n, 60_000, [0, 1, 2]), cluster.checks.problems.join());
  assert.ok((cluster.faults()["role: wrong total"] ?? 0) > 0, "it lied");
  await goesOn(cluster);
});

test("a decided block is kept with the body that was signed for, whatever its header was shown with", async () => {
  const cluster = clusterWith("swapped body", 82n);
  assert.ok(await cluster.reach(3n, 60_000, [0, 1, 2]), cluster.checks.problems.join());
  cluster.crash([0]); // Now the two that are left need the liar, who gives its precommit after the other body.
  const { highest } = cluster.checks;
  assert.ok(await cluster.reach(highest + 1n, 60_000, [1, 2]), `${cluster.where()} ${cluster.checks.problems.join()}`);
  cluster.start([0]);
  await goesOn(cluster);
});
