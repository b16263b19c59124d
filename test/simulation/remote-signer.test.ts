import assert from "node:assert/strict";
import { test } from "node:test";
import { present } from "#proto/assert.js";
import { Cluster } from "#test/simulation/cluster.js";

const HERE = 0;

/** Four validators; the key of the first is on another machine. */
async function begun(seed: bigint, powers = [10n, 10n, 10n, 10n]) {
  const settings = (): { blockIntervalMs: number } => ({ blockIntervalMs: 3_000 });
  const cluster = new Cluster({ seed, powers, remoteSigners: [HERE], diskMs: 6, settings });
  cluster.start();
  assert.ok(await cluster.reach(2n, 30_000), `${cluster.where()} ${cluster.checks.problems.join()}`);
  const signer = present(cluster.machines[HERE]!.signer, "it has a remote signer");
  /** It takes part in some height from now on. */
  const votes = (limitMs: number): Promise<boolean> => {
    const from = cluster.checks.highest + 2n;
    const { checks } = cluster;
    const signed = (): boolean => {
      for (let height = from; height <= checks.highest + 1n; height++) if (checks.hasSigned(HERE, height)) return true;
      return false;
    };
    return cluster.until(signed, limitMs);
  };
  return { cluster, signer, votes };
}

test("without its signer a validator follows and signs nothing; when the link is back it goes on", async () => {
  const { cluster, signer, votes } = await begun(71n);
  const { checks } = cluster;
  for (const seconds of [4, 22]) {
    signer.line.cut();
    const from = checks.highest;
    await cluster.pass(seconds * 1_000);
    assert.ok(checks.highest > from, cluster.where());
    for (let height = from + 2n; height <= checks.highest; height++) assert.ok(!checks.hasSigned(HERE, height));
    signer.line.heal();
    assert.ok(await votes(30_000), `after ${seconds} s: ${cluster.where()} ${checks.problems.join()}`);
  }
  cluster.stop();
});

test("a validator that lost its power is found again by its signer, which heard nothing of it", async () => {
  const { cluster, votes } = await begun(72n);
  cluster.crash([HERE]);
  await cluster.pass(1_000);
  cluster.start([HERE]);
  assert.ok(await votes(25_000), `${cluster.where()} ${cluster.checks.problems.join()}`);
  cluster.stop();
});

test("the signer loses its power again and again: no second signature, and the chain that needs it goes on", async () => {
  const { cluster, signer } = await begun(73n, [20n, 10n, 10n, 10n]); // Without it the others are no quorum.
  const { checks, clock } = cluster;
  for (let life = 0; life < 12; life++) {
    signer.line.weather = { delayMs: [1, 40], lossPercent: 5 };
    await cluster.pass(300 + 150 * life);
    signer.crash();
    await cluster.pass(200);
    signer.start();
    assert.deepEqual(checks.problems, [], `life ${life} at ${clock.monotonicMs()}`);
  }
  assert.ok(await cluster.reach(checks.highest + 3n, 40_000), `${cluster.where()} ${checks.problems.join()}`);
  assert.equal(checks.accusedOnes.size, 0);
  cluster.stop();
  await cluster.checkChain();
  assert.deepEqual(checks.problems, []);
});
