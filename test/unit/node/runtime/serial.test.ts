import assert from "node:assert/strict";
import { test } from "node:test";
import { Serial } from "#node/runtime/serial.js";

test("jobs run one at a time in the order of the calls, urgent ones ahead of those that wait", async () => {
  const serial = new Serial();
  const seen: string[] = [];
  const job = (name: string) => async () => {
    seen.push(`${name} begins`);
    await Promise.resolve();
    seen.push(`${name} ends`);
  };
  await Promise.all([serial.run(job("a")), serial.run(job("b")), serial.runNext(job("c"))]);
  assert.deepEqual(seen, ["a begins", "a ends", "c begins", "c ends", "b begins", "b ends"]);
});

test("a job that throws, at once or later, fails alone", async () => {
  const serial = new Serial();
  const thrown = serial.run(() => {
    throw new Error("at once");
  });
  const rejected = serial.run(() => Promise.reject(new Error("later")));
  const fine = serial.run(() => Promise.resolve(3));
  await assert.rejects(thrown, /at once/);
  await assert.rejects(rejected, /later/);
  assert.equal(await fine, 3);
});
