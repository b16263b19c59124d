import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "#node/runtime/turns.js";

function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;) continue;
}

test("between two clients' jobs everything else has its turn, and half of the time", async () => {
  const turns = new Turns();
  let others = 0;
  let isOver = false;
  const other = (): void => {
    others++;
    if (!isOver) setImmediate(other);
  };
  setImmediate(other);
  const order: number[] = [];
  const start = performance.now();
  const jobs = Array.from({ length: 20 }, async (_, n) => {
    await turns.next();
    order.push(n);
    spin(5);
  });
  await Promise.all(jobs);
  const took = performance.now() - start;
  isOver = true;
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  assert.ok(others >= 19, `${others} turns of others`);
  assert.ok(took >= 19 * 10, `20 jobs of 5 ms took ${took} ms`);
});

test("short jobs of many run as fast as turns come", async () => {
  const turns = new Turns();
  const start = performance.now();
  await Promise.all(Array.from({ length: 2_000 }, () => turns.next()));
  assert.ok(performance.now() - start < 2_000);
});
