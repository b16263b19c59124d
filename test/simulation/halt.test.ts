import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "#test/simulation/cluster.js";

const HALT = 5n;
const halts = (halted: number) => (index: number) => (index === halted ? { haltHeight: HALT } : {});

async function standsAtHalt(cluster: Cluster, index: number): Promise<void> {
  const machine = cluster.machines[index]!;
  assert.ok(await cluster.until(() => !machine.isUp, 30_000), cluster.where());
  assert.equal(machine.halted?.height, HALT);
  const disk = await machine.openDisk();
  assert.equal(disk.head?.height, HALT);
  await disk.close();
  machine.halted = undefined;
  machine.start();
  assert.ok(await cluster.until(() => !machine.isUp, 1_000), "it says at once where it stands");
  assert.equal((machine as { halted?: { height: bigint } }).halted?.height, HALT);
  assert.deepEqual(cluster.checks.problems, []);
}

test("consensus ends at the halt height, and a restart says so at once", async () => {
  const cluster = new Cluster({ seed: 71n, powers: [10n, 10n, 10n, 10n], settings: halts(0) });
  cluster.start();
  assert.ok(await cluster.reach(HALT + 3n, 60_000, [1, 2, 3]), cluster.where());
  await standsAtHalt(cluster, 0);
  cluster.stop();
});

test("block sync ends at the halt height, and a restart says so at once", async () => {
  const cluster = new Cluster({ seed: 72n, powers: [10n, 10n, 10n, 0n], settings: halts(3) });
  cluster.start([0, 1, 2]);
  assert.ok(await cluster.reach(2n * HALT, 60_000, [0, 1, 2]), cluster.where());
  cluster.start([3]);
  await standsAtHalt(cluster, 3);
  cluster.stop();
});
