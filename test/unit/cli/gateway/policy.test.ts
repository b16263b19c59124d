import assert from "node:assert/strict";
import { test } from "node:test";
import { dueFor, type Due, type Redeemable } from "#cli/gateway/settle/policy.js";

const policy = { amount: 1_000n, ageMs: 60_000, blocksBeforeEpochEnd: 3n };
const clock = { height: 101n, epochBlocks: 10n, now: 100_000 };
const channel: Redeemable = { channelId: 1n, signed: 500n, redeemed: 0n, since: 90_000, isClosing: false };

const cases: readonly (readonly [name: string, change: Partial<Redeemable>, height: bigint, due: Due | undefined])[] = [
  ["a little of just now waits", {}, 101n, undefined],
  ["nothing to redeem is never due", { redeemed: 500n, isClosing: true }, 109n, undefined],
  ["a closing channel is due at once, in every block", { isClosing: true }, 101n, "closing"],
  ["enough is due", { signed: 1_000n }, 101n, "amount"],
  ["what is old is due", { since: 40_000 }, 101n, "age"],
  ["everything is due before the epoch ends", {}, 107n, "epoch"],
  ["but not four blocks before", {}, 106n, undefined],
];

for (const [name, change, height, due] of cases) {
  test(`redemption: ${name}`, () => {
    assert.equal(dueFor({ ...channel, ...change }, policy, { ...clock, height }), due);
  });
}
