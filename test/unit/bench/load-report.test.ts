import assert from "node:assert/strict";
import { test } from "node:test";
import type { Profiler } from "node:inspector";
import { profileOf } from "#test/bench/load/profile.js";
import { figures } from "#test/bench/load/report.js";

const block = (height: number, atMs: number, txs: readonly string[], lastRound = 0) => ({
  ...{ height, atMs, txs, lastRound },
});

test("figures of a run: own transactions only, rates over the time of submission, latencies over all of it", () => {
  const at = (submittedMs: number) => ({ submittedMs, answeredMs: submittedMs + 5 });
  const { tps_curve, ...found } = figures({
    startMs: 1000,
    endMs: 4000,
    blocks: [block(7, 1900, ["a", "stranger"]), block(8, 2900, ["b"], 2), block(9, 5000, ["c"])],
    submitted: new Map([
      ["a", at(1000)],
      ["b", at(2000)],
      ["c", at(3900)],
      ["lost", at(3950)],
    ]),
  });
  assert.deepEqual(tps_curve, [1, 1, 0]);
  assert.deepEqual(found, {
    ...{ offered: 4, included: 3, tps: 0.67 },
    ...{ latency_ms_p50: 900, latency_ms_p90: 1100, latency_ms_p99: 1100, broadcast_ms_p50: 5, broadcast_ms_p99: 5 },
    ...{ block_interval_ms: 1000, block_interval_ms_min: 1000, block_interval_ms_max: 1000, blocks: 2 },
    ...{ later_rounds: 1, highest_round: 2 },
  });
});

test("a profile: own time of each function by share of what is not idle, under the name of the thread's entry", () => {
  const node = (id: number, functionName: string, url: string) =>
    ({ id, callFrame: { functionName, url, lineNumber: 9, columnNumber: 0, scriptId: "1" } }) as Profiler.ProfileNode;
  const found = profileOf({
    ...{ startTime: 0, endTime: 4_000_000 },
    nodes: [node(1, "(idle)", ""), node(2, "verify", "file:///x/proto/a.js"), node(3, "", "file:///x/chain/worker.js")],
    samples: [2, 1, 3, 2],
    timeDeltas: [1_000_000, 5_000_000, 1_000_000, 2_000_000],
  });
  assert.deepEqual(found, {
    thread: "chain/worker.js",
    busy_s: 4,
    top: [
      { at: "verify proto/a.js:10", percent: 75 },
      { at: "(anonymous) chain/worker.js:10", percent: 25 },
    ],
  });
});
