import assert from "node:assert/strict";
import { test } from "node:test";
import { BAN_MS, createBans, type Ban } from "#p2p/peers/bans.js";
import { createBook, REDIAL_MS } from "#p2p/peers/book.js";
import { createTokenBucket } from "#p2p/peers/limits.js";
import { createScores } from "#p2p/peers/score.js";
import { virtualClock } from "#test/simulation/clock.js";
import { seeded } from "#test/simulation/random.js";

test("a bucket gives its burst at once and its rate afterwards", async () => {
  const clock = virtualClock();
  const bucket = createTokenBucket(clock, { perSecond: 10, burst: 5 });
  assert.deepEqual(
    Array.from({ length: 6 }, () => bucket.take(1)),
    [true, true, true, true, true, false],
  );
  await clock.run(100);
  assert.deepEqual([bucket.take(1), bucket.take(1)], [true, false]);
  await clock.run(1_000_000);
  assert.deepEqual([bucket.take(6), bucket.take(5)], [false, true]);
});

test("lost score comes back with time, up to the full trust", async () => {
  const clock = virtualClock();
  const score = createScores(clock);
  assert.equal(score.take("a", 60), false);
  assert.equal(score.of("a"), 40);
  await clock.run(20_000);
  assert.equal(score.of("a"), 60);
  assert.equal(score.take("a", 60), true);
  await clock.run(10_000_000);
  assert.equal(score.of("a"), 100);
});

test("scores of strangers do not fill the memory", () => {
  const score = createScores(virtualClock(), 3);
  for (const peer of ["a", "b", "c", "d"]) score.take(peer, 50);
  assert.deepEqual(["a", "b", "c", "d"].map(score.of), [100, 50, 50, 50]);
});

test("bans are kept over a restart and end", async () => {
  const clock = virtualClock();
  let saved: readonly Ban[] = [];
  createBans(clock, [], (list) => void (saved = list)).add("a", "garbage");
  const again = createBans(clock, saved);
  assert.deepEqual([again.has("a"), again.has("b")], [true, false]);
  assert.equal(again.list()[0]!.reason, "garbage");
  await clock.run(Number(BAN_MS));
  assert.equal(again.has("a"), false);
  assert.deepEqual(again.list(), []);
});

test("redials slow down with failures and never stop", () => {
  const known = createBook(seeded(1n));
  known.add("a", "/memory/a", true);
  const first = known.redialDelayMs("a");
  assert.ok(first >= REDIAL_MS.first / 2 && first <= REDIAL_MS.first);
  for (let i = 0; i < 1_000; i++) known.dialled("a", false);
  const late = known.redialDelayMs("a");
  assert.ok(late >= REDIAL_MS.max / 2 && late <= REDIAL_MS.max);
  known.dialled("a", true);
  assert.ok(known.redialDelayMs("a") <= REDIAL_MS.first);
});

test("what a socket shows does not replace the operator's address", () => {
  const known = createBook(seeded(1n));
  known.add("a", "/dns4/val0/tcp/1", true);
  known.add("a", "/ip4/10.0.0.1/tcp/4711", false);
  assert.equal(known.get("a")!.address, "/dns4/val0/tcp/1");
});
