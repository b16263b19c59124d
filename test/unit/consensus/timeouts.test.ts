import assert from "node:assert/strict";
import { test } from "node:test";
import { TIMEOUT_MS_MAX, timeoutMs } from "#consensus/timeouts.js";
import type { TimedStep, Timeouts } from "#consensus/types.js";

const timeouts: Timeouts = {
  proposeMs: 3000,
  proposeDeltaMs: 500,
  prevoteMs: 1000,
  prevoteDeltaMs: 400,
  precommitMs: 900,
  precommitDeltaMs: 300,
};

const cases: { step: TimedStep; round: number; ms: number }[] = [
  { step: "propose", round: 0, ms: 3000 },
  { step: "propose", round: 3, ms: 4500 },
  { step: "prevote", round: 1, ms: 1400 },
  { step: "precommit", round: 2, ms: 1500 },
  { step: "propose", round: 2 ** 31 - 1, ms: TIMEOUT_MS_MAX },
];
for (const { step, round, ms } of cases) {
  test(`T15: ${step} of round ${round} waits ${ms} ms`, () => assert.equal(timeoutMs(timeouts, step, round), ms));
}

test("T15: each round waits longer than the one before", () => {
  for (const step of ["propose", "prevote", "precommit"] as const) {
    for (let round = 0; round < 50; round++) {
      assert.ok(timeoutMs(timeouts, step, round + 1) > timeoutMs(timeouts, step, round));
    }
  }
});
