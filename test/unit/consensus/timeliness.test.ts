import assert from "node:assert/strict";
import { test } from "node:test";
import { isTimely, messageDelayMs } from "#consensus/timeliness.js";

const timing = { precisionMs: 500n, messageDelayMs: 2000n };
const DAY_MS = 86_400_000n;

const cases: { name: string; round: number; receivedMs: bigint; timely: boolean }[] = [
  { name: "at once", round: 0, receivedMs: 10_000n, timely: true },
  { name: "early by the precision", round: 0, receivedMs: 9_500n, timely: true },
  { name: "early by more", round: 0, receivedMs: 9_499n, timely: false },
  { name: "late by delay and precision", round: 0, receivedMs: 12_500n, timely: true },
  { name: "late by more", round: 0, receivedMs: 12_501n, timely: false },
  { name: "as late, a round later", round: 1, receivedMs: 12_501n, timely: true },
  { name: "early by more, rounds later", round: 9, receivedMs: 9_499n, timely: false },
];
for (const { name, round, receivedMs, timely } of cases) {
  test(`BT3: a block of time 10000 received ${name} is ${timely ? "" : "not "}timely`, () => {
    assert.equal(isTimely(timing, round, 10_000n, receivedMs), timely);
  });
}

test("BT3: the delay grows with each round, from any parameter, up to a day", () => {
  for (const messageDelay of [0n, 1n, 2000n]) {
    const of = (round: number): bigint => messageDelayMs({ ...timing, messageDelayMs: messageDelay }, round);
    for (let round = 0; round < 60; round++) assert.ok(of(round + 1) > of(round));
    assert.equal(of(2 ** 31 - 1), DAY_MS);
  }
  assert.equal(messageDelayMs({ ...timing, messageDelayMs: 10n * DAY_MS }, 0), DAY_MS);
});
