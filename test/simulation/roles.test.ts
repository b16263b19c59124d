import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "#test/simulation/cluster.js";
import { roleNames, type RoleName } from "#test/simulation/roles/index.js";
import { Workload, WORKLOAD_BALANCES } from "#test/simulation/workload.js";

const FAULTS = { delayMs: [1, 40], lossPercent: 3, duplicatePercent: 3, reorderPercent: 10 } as const;
const CONTRADICTING: readonly RoleName[] = ["equivocator", "flooder", "slips"];
/** Four turns of each as proposer. */
const HEIGHTS = 16n;

function clusterWith(role: RoleName, seed: bigint): Cluster {
  const roles = { 3: role };
  return new Cluster({
    seed,
    powers: [10n, 10n, 10n, 10n],
    balances: WORKLOAD_BALANCES,
    roles,
    diskMs: 6,
    faults: FAULTS,
  });
}

for (const role of roleNames) {
  test(`three honest nodes go on beside one that plays: ${role}`, async () => {
    const cluster = clusterWith(role, 61n);
    const workload = new Workload(cluster);
    cluster.start();
    workload.start();
    const reached = await cluster.reach(HEIGHTS, 150_000);
    assert.deepEqual(cluster.checks.problems, [], cluster.where());
    assert.ok(reached, cluster.where());
    const misdeeds = cluster.faults()[`role: ${role}`] ?? 0;
    assert.ok(misdeeds > 0, "it behaved");
    // Only those who contradict themselves can be accused, and the honest ones see both of their words.
    assert.equal(cluster.checks.accusedOnes.size, CONTRADICTING.includes(role) ? 1 : 0);
    cluster.stop();
  });
}

test("strangers that lie about blocks keep no node out of consensus", async () => {
  const roles = { 4: "lying server", 5: "lying server" } as const;
  const cluster = new Cluster({ seed: 62n, powers: [10n, 10n, 10n, 10n, 0n, 0n], roles, faults: FAULTS });
  cluster.start();
  assert.ok(await cluster.reach(2n, 15_000), cluster.where());
  cluster.crash([0]);
  assert.ok(await cluster.reach(14n, 60_000, [1, 2, 3]), cluster.where());
  cluster.start([0]);
  assert.ok(await cluster.reach(cluster.height(1) + 1n, 15_000), cluster.where());
  assert.ok(cluster.faults()["role: lying server"]! > 0, "they behaved");
  assert.deepEqual(cluster.checks.problems, []);
  cluster.stop();
});
