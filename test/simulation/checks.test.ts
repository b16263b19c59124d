import assert from "node:assert/strict";
import { test } from "node:test";
import { overBound } from "#test/simulation/bounds.js";
import { Cluster } from "#test/simulation/cluster.js";

const FOUR = [10n, 10n, 10n, 10n];

test("evidence against a validator that is thought honest is a problem of the run", async () => {
  const cluster = new Cluster({ seed: 71n, powers: FOUR, roles: { 3: "equivocator" } });
  cluster.checks.guilty.clear();
  cluster.start();
  await cluster.reach(30n, 60_000);
  assert.match(cluster.checks.problems[0] ?? "", /honest/);
  cluster.stop();
});

test("a chain that was not decided as its disk tells is a problem of the run, and so is too much in memory", async () => {
  const cluster = new Cluster({ seed: 72n, powers: FOUR });
  const { checks } = cluster;
  cluster.start();
  assert.ok(await cluster.reach(3n, 30_000));
  const { id, node } = cluster.machines[0]!;
  assert.equal(overBound({ id, node, walBytes: 0 }), undefined);
  assert.match(overBound({ id, node, walBytes: 2 ** 30 }) ?? "", /node0 holds 1073741824 bytes of the write-ahead log/);
  cluster.stop();
  await cluster.checkChain();
  assert.deepEqual(checks.problems, []);
  const last = checks.highest;
  const decided = checks.decidedAt(last)!;
  checks.decidedAt = () => ({ ...decided, stateRoot: "another" });
  await cluster.checkChain();
  assert.match(checks.problems.join(), /^told anew: height 1: /);
});
