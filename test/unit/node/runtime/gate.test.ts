import assert from "node:assert/strict";
import { test } from "node:test";
import { BusyFault, Gate } from "#node/runtime/gate.js";

test("a gate limits running and waiting jobs, keeps their order, and refuses the rest", async () => {
  const gate = new Gate("jobs", { running: 2, waiting: 3 });
  const begun: number[] = [];
  const finish: (() => void)[] = [];
  const job = (n: number) => gate.run(() => (begun.push(n), new Promise<void>((resolve) => finish.push(resolve))));
  const jobs = [0, 1, 2, 3, 4].map(job);
  await assert.rejects(job(5), BusyFault);
  assert.deepEqual(begun, [0, 1]);
  while (begun.length < 5 || finish.length > 0) {
    finish.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(jobs);
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  await assert.rejects(
    gate.run(() => Promise.reject(new Error("its own"))),
    /its own/,
  );
  assert.equal(await gate.run(() => Promise.resolve(7)), 7, "a job that failed left its place");
});
