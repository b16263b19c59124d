import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "#test/simulation/cluster.js";

/** Milliseconds between commits of the first machine, of an idle chain of four that began at these times. */
async function intervals(startsMs: readonly number[], heights: bigint): Promise<number[]> {
  const cluster = new Cluster({ seed: 72n, powers: [10n, 10n, 10n, 10n], diskMs: 6 });
  for (const [i, startMs] of startsMs.entries()) {
    await cluster.pass(startMs - (startsMs[i - 1] ?? 0));
    cluster.start([i]);
  }
  assert.ok(await cluster.reach(4n, 60_000), cluster.where());
  const times: number[] = [];
  const stop = cluster.machines[0]!.node!.onCommitted(() => void times.push(cluster.clock.monotonicMs()));
  const from = cluster.height(0);
  assert.ok(await cluster.reach(from + heights, 120_000), cluster.where());
  stop();
  cluster.stop();
  return times.slice(1).map((time, i) => time - times[i]!);
}

for (const startsMs of [
  [0, 0, 700, 700],
  [0, 400, 800, 1200],
]) {
  test(`blocks of an idle chain come an interval apart, within a tenth; started at ${startsMs.join(", ")} ms`, async () => {
    for (const ms of await intervals(startsMs, 8n)) assert.ok(ms > 900 && ms < 1100, `${ms} ms`);
  });
}
