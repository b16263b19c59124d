import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { awaitTurn } from "#node/storage/database/level-reader.js";
import { HEADER, HEADER_BYTES } from "#node/storage/database/level-range.js";

/** Wakes the waiter of turn 2 before it answers, as a thread does that was held up between the store of turn 1 and its wake. */
const LATE = `
const { workerData } = require("node:worker_threads");
const header = new Int32Array(workerData);
while (Atomics.notify(header, ${HEADER.turn}) === 0);
setTimeout(() => {
  header[${HEADER.count}] = 7;
  Atomics.store(header, ${HEADER.turn}, 2);
  Atomics.notify(header, ${HEADER.turn});
}, 50);
`;

test("a wake of the turn before is not taken for the answer", async () => {
  const memory = new SharedArrayBuffer(HEADER_BYTES);
  const header = new Int32Array(memory);
  Atomics.store(header, HEADER.turn, 1);
  const late = new Worker(LATE, { eval: true, workerData: memory });
  assert.ok(awaitTurn(header, 2, 30_000));
  assert.equal(header[HEADER.count], 7);
  assert.equal(awaitTurn(header, 3, 1), false);
  await late.terminate();
});
