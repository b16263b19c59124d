import assert from "node:assert/strict";
import { test } from "node:test";
import { createFairShare } from "#p2p/peers/fair-share.js";
import { virtualClock } from "#test/simulation/clock.js";

test("a share serves requests as they come while it suffices, and in equal parts when it is scarce", async () => {
  const clock = virtualClock();
  const share = createFairShare(clock, { perSecond: 100, burst: 100 });
  const taken = (peer: string, times: number): number =>
    Array.from({ length: times }, () => share.take(peer, 1)).filter(Boolean).length;
  assert.equal(taken("a", 60), 60, "half of it, and as much as nobody else wants");
  assert.deepEqual([taken("b", 10), taken("a", 10)], [10, 0]);
  await clock.run(1_000);
  // Now both are known: the first one leaves the other its half.
  assert.ok(Math.abs(taken("a", 1_000) - 50) <= 1);
  assert.ok(Math.abs(taken("b", 1_000) - 50) <= 1);
});
