import assert from "node:assert/strict";
import { test } from "node:test";
import { settleBatch, drawsAnswered, type Batch, type LocatedOpening } from "#proto/attribution/settle.js";
import { sampleBatch } from "#proto/attribution/sample.js";
import { lookupsOf, opened } from "./world.js";

const phrase = "one two three four five six seven eight";
const lookups = lookupsOf([{ id: 1n, records: [phrase] }]);
const batch: Batch = {
  batchId: 42n,
  pool: 1_001n,
  bond: 500n,
  vouchers: [
    { auditSum: 300n, auditCount: 2n },
    { auditSum: 700n, auditCount: 1n },
  ],
  whole: true,
  beacon: new Uint8Array(32).fill(9),
  sampleMax: 64,
};
const opening = (voucher: number, index: bigint, from: bigint, to: bigint): LocatedOpening => ({
  voucher,
  index,
  interval: { from, to },
  opened: opened(phrase),
});
const all = [opening(0, 0n, 0n, 100n), opening(0, 1n, 100n, 300n), opening(1, 0n, 0n, 700n)];

test("a batch opened whole pays every receipt by its fee, to the last unit", () => {
  const result = settleBatch(batch, all, lookups);
  assert.deepEqual(
    result.draws.map(({ draw, credited }) => [draw, credited]),
    [
      [0, 100n],
      [1, 200n],
      [2, 701n],
    ],
  );
  assert.deepEqual(
    [result.drawn, result.opened, result.credited, result.residual, result.forfeited],
    [3, 3, 1_001n, 0n, 0n],
  );
});

test("what is withheld of a whole batch goes to the residual, with its part of the bond", () => {
  const result = settleBatch(batch, [all[2]!, all[0]!, all[0]!], lookups);
  assert.deepEqual(
    [result.drawn, result.opened, result.credited, result.residual, result.forfeited],
    [3, 2, 801n, 200n, 100n],
  );
  assert.equal(result.reasons.withheld.amount, 200n);
});

test("nothing opened forfeits pool and bond, and the provider gets none of it", () => {
  for (const whole of [true, false]) {
    const result = settleBatch({ ...batch, whole }, [], lookups);
    assert.deepEqual([result.credited, result.residual, result.forfeited], [0n, 1_001n, 500n]);
  }
});

test("a batch in which nothing was audited is residual, and forfeits nothing", () => {
  for (const whole of [true, false]) {
    const vouchers = [{ auditSum: 0n, auditCount: 0n }];
    const result = settleBatch({ ...batch, whole, vouchers }, [], lookups);
    assert.deepEqual([result.drawn, result.credited, result.residual, result.forfeited], [0, 0n, 1_001n, 0n]);
    assert.deepEqual(result.reasons.notAudited, { count: 1, amount: 1_001n });
  }
});

test("one opening answers every draw that falls on it, and no other", () => {
  const vouchers = [
    { auditSum: 300n, auditCount: 31n },
    { auditSum: 700n, auditCount: 1n },
  ];
  const points = sampleBatch(batch.beacon, 42n, vouchers, 64);
  assert.equal(points.length, 4);
  const answered = drawsAnswered(points, all[2]!);
  assert.deepEqual(
    answered,
    points.filter(({ voucher }) => voucher === 1).map(({ draw }) => draw),
  );
  const result = settleBatch({ ...batch, whole: false, vouchers }, [all[2]!], lookups);
  assert.deepEqual([result.drawn, result.opened], [4, answered.length]);
  assert.equal(result.draws.filter(({ credited }) => credited > 0n).length, answered.length);
});
