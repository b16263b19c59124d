import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster, type ClusterOptions } from "#test/simulation/cluster.js";

/** As docs/operate.md sets a validator up. */
const checked = (powers: readonly bigint[], options: Partial<ClusterOptions> = {}): Cluster =>
  new Cluster({ seed: 81n, powers, settings: () => ({ doubleSignCheckHeights: 10n }), ...options });

for (const powers of [[10n], [10n, 10n, 10n, 10n]]) {
  test(`${powers.length} validators restart, all or one, while the last blocks hold their signatures`, async () => {
    const cluster = checked(powers);
    cluster.start();
    assert.ok(await cluster.reach(3n, 30_000), cluster.where());
    for (const machine of cluster.machines) void machine.shutDown();
    assert.ok(await cluster.until(() => cluster.machines.every(({ isUp }) => !isUp), 5_000));
    cluster.start();
    assert.ok(await cluster.reach(5n, 30_000), cluster.where());
    cluster.crash([0]);
    await cluster.pass(2_000);
    cluster.start([0]);
    const from = cluster.checks.highest;
    const signs = (index: number): boolean => [2n, 3n, 4n].some((more) => cluster.checks.hasSigned(index, from + more));
    assert.ok(await cluster.until(() => cluster.machines.every(({ index }) => signs(index)), 15_000), cluster.where());
    cluster.stop();
  });
}

test("a second machine with the same key, still signing, is seen after sync; waiting helps", async () => {
  const cluster = checked([10n, 10n, 10n, 10n, 0n], { keys: { 4: 0 } });
  cluster.start([0, 1, 2, 3]);
  assert.ok(await cluster.reach(5n, 30_000, [0, 1, 2, 3]), cluster.where());
  cluster.start([4]);
  await cluster.until(() => false, 20_000);
  const [problem, ...more] = cluster.checks.problems.splice(0);
  assert.match(problem ?? "", /node4 stops: .*holds a signature of this key at height/s);
  assert.deepEqual(more, []);
  assert.ok(!cluster.checks.hasSigned(4, 6n), "it signs nothing");
  // The other one is gone for good, and as many blocks pass as are looked at.
  cluster.crash([0]);
  cluster.crash([4]);
  assert.ok(await cluster.reach(cluster.checks.highest + 12n, 120_000, [1, 2, 3]), cluster.where());
  cluster.start([4]);
  const last = cluster.checks.highest + 4n;
  assert.ok(await cluster.reach(last, 60_000, [1, 2, 3, 4]), cluster.where());
  assert.ok(cluster.checks.hasSigned(4, last));
  cluster.stop();
});
