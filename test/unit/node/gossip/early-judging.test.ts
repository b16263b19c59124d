import assert from "node:assert/strict";
import { test } from "node:test";
import { EarlyJudging } from "#node/gossip/early-judging.js";

/** A clock that stands still until it is told otherwise, and timers that fire when asked. */
function handClock() {
  const timers: { delayMs: number; run: () => void }[] = [];
  const clock = {
    nowMs: 0,
    now: () => 0n,
    monotonicMs: () => clock.nowMs,
    after(delayMs: number, run: () => void) {
      timers.push({ delayMs, run });
      return { cancel: () => undefined };
    },
  };
  return { clock, timers };
}

function judged(count: number, msEach: number): { slices: number[]; rests: number[] } {
  const { clock, timers } = handClock();
  let slice = 0;
  const early = new EarlyJudging(clock, () => {
    clock.nowMs += msEach;
    slice++;
  });
  for (let i = 0; i < count; i++) early.keep(`peer ${i}`, 2n, Uint8Array.of(1), 1n);
  const [slices, rests]: [number[], number[]] = [[], []];
  early.heightStarted(2n);
  for (slices.push(slice); timers.length > 0; slices.push(slice)) {
    slice = 0;
    const { delayMs, run } = timers.shift()!;
    rests.push(delayMs);
    run();
  }
  return { slices, rests };
}

test("early frames are judged in slices of 5 ms, each followed by a rest of its length", () => {
  assert.deepEqual(judged(5, 3), { slices: [2, 2, 1], rests: [6, 6] });
  assert.deepEqual(
    judged(3, 40),
    { slices: [1, 1, 1, 0], rests: [40, 40, 40] },
    "one that is dear has a slice of its own",
  );
});

test("early frames that cost nothing are judged by 16", () => {
  assert.deepEqual(judged(40, 0), { slices: [16, 16, 8], rests: [0, 0] });
});
