import assert from "node:assert/strict";
import { test } from "node:test";
import { createPace } from "#node/sync/pace.js";
import { nextRange, Questions } from "#node/sync/questions.js";
import { SCORE_MAX } from "#p2p/peers/score.js";
import { virtualClock } from "#test/simulation/clock.js";
import { memoryWorld } from "../../p2p/world-memory.js";
import { node, star } from "./sync-world.js";

test("a node thousands of blocks behind a chain of a block a second catches up, and no peer loses a point", async () => {
  const world = memoryWorld(1n, {
    faults: { delayMs: [1, 5], lossPercent: 0, duplicatePercent: 0, reorderPercent: 0 },
  });
  const hosts = await world.hosts(star(2));
  const [fresh, ...servers] = hosts.map((host, i) => node(world, host, i === 0 ? 0n : 5_000n));
  const scores = (): number[] => hosts.flatMap((host) => host.peerInfo().map(({ score }) => score));
  for (const { sync } of servers) sync.start();
  fresh!.sync.start();
  const growing = (): void => {
    for (const { chain, sync } of servers) {
      chain.grow(chain.height() + 1n);
      sync.committed();
    }
    world.clock.after(1_000, growing);
  };
  world.clock.after(1_000, growing);
  await world.until(
    "the tip",
    () => {
      assert.ok(
        scores().every((score) => score === SCORE_MAX),
        scores().join(" "),
      );
      return fresh!.chain.height() > 5_000n && fresh!.chain.height() === servers[0]!.chain.height();
    },
    120_000,
  );
});

test("questions to one peer stay below half of what it publishes, after any silence", async () => {
  const clock = virtualClock();
  const { turn } = createPace(clock, { perSecond: 50, burst: 100 });
  const asked: number[] = [];
  const asking = async (): Promise<void> => {
    for (;;) {
      await turn();
      asked.push(clock.monotonicMs());
    }
  };
  void asking();
  await clock.run(clock.monotonicMs() + 10_000);
  assert.ok(asked.length <= 50 + 250 + 1, `${asked.length} questions`);
  assert.ok(asked.length >= 250, `${asked.length} questions`);
});

test("a range is asked for when it is full, fills a gap, or is all that is there", () => {
  const none = (): boolean => false;
  const holder = (height: bigint) => () => ({ peer: "a", height });
  const open = new Questions();
  const ask = (from: bigint, count: number): void => open.add({ peer: "a", from, count, sinceMs: 0 });
  assert.deepEqual(nextRange(0n, open, none, holder(1_000n)), { peer: "a", from: 1n, count: 16 });
  assert.deepEqual(nextRange(0n, open, none, holder(5n)), { peer: "a", from: 1n, count: 5 });
  for (const from of [1n, 17n, 33n, 49n]) ask(from, 16);
  assert.equal(nextRange(0n, open, none, holder(1_000n)), undefined);
  for (let height = 1n; height < 16n; height++) {
    assert.equal(nextRange(height, open, none, holder(1_000n)), undefined, "the window moved by less than a question");
  }
  assert.deepEqual(nextRange(16n, open, none, holder(1_000n)), { peer: "a", from: 65n, count: 16 });
  assert.deepEqual(nextRange(7n, open, none, holder(68n)), { peer: "a", from: 65n, count: 4 });
  const gap = new Questions();
  gap.add({ peer: "a", from: 5n, count: 12, sinceMs: 0 });
  assert.deepEqual(
    nextRange(0n, gap, (height) => height === 1n, holder(1_000n)),
    { peer: "a", from: 2n, count: 3 },
  );
});
