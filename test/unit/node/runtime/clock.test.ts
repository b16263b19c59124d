import assert from "node:assert/strict";
import { test } from "node:test";
import { osClock } from "#node/runtime/clock.js";

test("the OS clock waits, also for delays that the OS timer cannot hold", async () => {
  const clock = osClock();
  const never = clock.after(2 ** 40, () => assert.fail("a long delay fired at once"));
  const before = clock.monotonicMs();
  await new Promise<void>((resolve) => clock.after(20, resolve));
  never.cancel();
  assert.ok(clock.monotonicMs() - before >= 19);
  assert.ok(clock.now() > 1_600_000_000_000n);
});

test("a clock before 1970 stands at 1970: no time is below zero", (t) => {
  t.mock.method(Date, "now", () => -5_000);
  assert.equal(osClock().now(), 0n);
});
