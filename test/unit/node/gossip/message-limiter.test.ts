import assert from "node:assert/strict";
import { test } from "node:test";
import { createMessageLimiter, FAR_EVERY_MS } from "#node/gossip/message-limiter.js";

const near = { height: 5n, round: 0, source: "1/aa" };

/** The number of statements of one place that pass. */
function passed(count: number, of = createMessageLimiter(), statement = near): number {
  let number = 0;
  for (let i = 0; i < count; i++) of.take(statement, 0, 0, () => number++);
  return number;
}

test("L79: two contradicting statements of one place pass, for they are the proof; a flood of them does not", () => {
  assert.equal(passed(2), 2);
  assert.ok(passed(1000) < 10);
});

test("each place has its own: author and kind, round, height", () => {
  const all = createMessageLimiter();
  passed(1000, all);
  for (const other of [{ source: "2/aa" }, { source: "1/bb" }, { round: 1 }, { height: 6n }]) {
    assert.equal(
      passed(2, all, { ...near, ...other }),
      2,
      JSON.stringify(other, (_k, v) => String(v)),
    );
  }
});

test("of rounds far ahead one passes at once, and the latest of the rest when its time has come", () => {
  const far = createMessageLimiter();
  const heard: number[] = [];
  const say = (round: number, nowMs: number): void =>
    far.take({ ...near, round }, 0, nowMs, () => void heard.push(round));
  say(50, 0);
  for (const round of [60, 70, 65, 70]) say(round, 10);
  far.release(FAR_EVERY_MS - 1);
  assert.deepEqual(heard, [50]);
  far.release(FAR_EVERY_MS);
  far.release(3 * FAR_EVERY_MS);
  assert.deepEqual(heard, [50, 70]);
});
