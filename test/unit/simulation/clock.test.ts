import assert from "node:assert/strict";
import { test } from "node:test";
import { virtualClock } from "#test/simulation/clock.js";

test("timers fire by time, ties in the order in which they were set", async () => {
  const clock = virtualClock();
  const fired: string[] = [];
  for (const [name, ms] of [
    ["c", 30],
    ["a", 10],
    ["a2", 10],
    ["b", 20],
    ["now", 0],
  ] as const) {
    clock.after(ms, () => fired.push(`${name}@${clock.monotonicMs()}`));
  }
  clock.after(15, () => assert.fail("cancelled")).cancel();
  assert.equal(await clock.run(100), false);
  assert.deepEqual(fired, ["now@0", "a@10", "a2@10", "b@20", "c@30"]);
  assert.equal(clock.monotonicMs(), 100);
  assert.equal(clock.pending(), 0);
});

test("what a promise sets is seen before time moves on", async () => {
  const clock = virtualClock(1000n);
  const fired: bigint[] = [];
  clock.after(5, () => void Promise.resolve().then(() => clock.after(1, () => fired.push(clock.now()))));
  clock.after(10, () => fired.push(clock.now()));
  assert.equal(await clock.run(1_000_000, () => fired.length === 2), true);
  assert.deepEqual(fired, [1006n, 1010n]);
});
