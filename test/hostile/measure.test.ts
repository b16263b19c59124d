import assert from "node:assert/strict";
import { test } from "node:test";
import { banOf } from "./bans.js";
import { gauge } from "./gauges.js";
import { judge, summary, type Seen } from "./judge.js";
import { blockRate, growthMb, together, type Measured } from "./measure.js";

const second = (s: number, height: number) => ({ atMs: s * 1000, height });

test("the block rate counts from the first new height to the last one", () => {
  const sights = [second(0, 5), second(0.7, 6), second(1.7, 7), second(2.7, 8), second(3, 8)];
  assert.equal(blockRate(sights, 3_200), 1);
});

test("a chain that stands still at the end has the rate of the whole window", () => {
  const sights = [second(0, 5), second(1, 6), second(2, 7), second(3, 8), second(11, 8)];
  assert.equal(blockRate(sights, 11_000), 0.2);
  assert.equal(blockRate([second(0, 5), second(9, 5)], 10_000), 0);
});

test("a node that hangs behind does not lower the chain's height", () => {
  const ahead = { sights: [second(0, 5), second(1, 6), second(2, 7)], stallMs: 3, rssMb: 100 };
  const behind = { sights: [second(0.5, 1), second(1.5, 1)], stallMs: 90, rssMb: 200 };
  const measured = together([ahead, behind, undefined], 2_100);
  assert.deepEqual(measured, { blocksPerSecond: 1, stallMs: 90, rssMb: [100, 200, undefined] });
});

const calm: Measured = { blocksPerSecond: 1, stallMs: 5, rssMb: [100, 100] };
const seen: Seen = {
  ...{ name: "x", seconds: 10, controlRate: 1, before: calm, during: calm, died: [], banned: [], problems: [] },
};

test("each bar fails by itself, and what is within all of them passes", () => {
  assert.deepEqual(judge(seen).failures, []);
  const cases: readonly (readonly [Partial<Seen>, RegExp])[] = [
    [{ died: ["node 1 with status 1"] }, /died: node 1/],
    [{ banned: [{ by: 0, of: 2, reason: "txs: over the rate" }] }, /node 0 banned node 2: txs/],
    [{ during: { ...calm, blocksPerSecond: 0.79 } }, /block rate 79 %/],
    [{ during: { ...calm, stallMs: 101 } }, /101 ms/],
    [{ during: { ...calm, rssMb: [100, 229] } }, /129 MB/],
    [{ problems: ["nobody was served"] }, /nobody was served/],
  ];
  for (const [change, wanted] of cases) {
    const { failures } = judge({ ...seen, ...change });
    assert.equal(failures.length, 1);
    assert.match(failures[0]!, wanted);
  }
});

test("the summary has the worst of all and names what failed", () => {
  const bad = judge({ ...seen, name: "y", during: { blocksPerSecond: 0.5, stallMs: 300, rssMb: [150, 400] } });
  assert.deepEqual(summary([judge(seen), bad]), {
    ...{ adversaries: 2, died: 0, banned_honest: 0, block_rate_ratio: 0.5, loop_stall_ms_max: 300 },
    ...{ rss_growth_mb_max: 300, failed: ["y"] },
  });
});

test("a node that was away on one side is not said to have grown", () => {
  assert.equal(growthMb({ ...calm, rssMb: [undefined, 90] }, { ...calm, rssMb: [500, 95] }), 5);
});

test("a metric is read by its whole name, with labels or without", () => {
  const page = 'a_seconds_max 3\na_seconds{chain_id="x"} 0.012\n';
  assert.equal(gauge(page, "a_seconds"), 0.012);
  assert.throws(() => gauge(page, "a"), /no metric a/);
});

test("a ban is read from the log by its message, not from what a stranger wrote into a field", () => {
  assert.deepEqual(banOf('{"level":"info","peer":"12D3","reason":"why","_msg":"peer banned"}'), {
    ...{ peer: "12D3", reason: "why" },
  });
  assert.equal(banOf('{"level":"info","reason":"peer banned","_msg":"peer gone"}'), undefined);
});
