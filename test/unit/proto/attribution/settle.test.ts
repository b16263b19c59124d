import assert from "node:assert/strict";
import { test } from "node:test";
import { BILLIONTHS } from "#proto/amount.js";
import { auditedPool } from "#proto/attribution/fee.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { sampleBatch } from "#proto/attribution/sample.js";
import { drawsAnswered, planBatch } from "#proto/attribution/settle.js";
import { creditRecord, samplingError, type CreditRecord } from "#proto/attribution/settled.js";
import { stretchOf } from "#proto/attribution/stretch.js";
import { paidOf } from "#proto/attribution/pay.js";
import { useNatives } from "#node/runtime/natives.js";
import { batchOf, BEACON, settle, voucherOf, type Shown } from "./batches.js";
import { prose, Records, ruled } from "./rule/world.js";

useNatives();
const text = prose("w", 32);
const records = new Records([{ id: 1, datanet: 1, owner: "a", texts: [text] }]);
records.release(1);
const ruling = ruled({ answer: text }, { records, licensed: [1] });

const vouchers = [voucherOf(3n, 300n, 2n), voucherOf(8n, 700n, 1n)];
const batch = batchOf(vouchers);
const shown = (voucherId: bigint, from: bigint, to: bigint): Shown => ({ voucherId, interval: { from, to }, ruling });
const all = [shown(3n, 0n, 100n), shown(3n, 100n, 300n), shown(8n, 0n, 700n)];
const units = (amount: bigint): string => (amount * BILLIONTHS).toString();
const reasonsOf = (reasons: readonly { reason: number; amount: string }[]): unknown[] =>
  reasons.map(({ reason, amount }) => [reason, amount]);

test("a batch opened whole pays every receipt by its fee", () => {
  const plan = planBatch(batch, vouchers, BEACON);
  assert.equal(plan.drawn, 3n);
  assert.deepEqual(
    all.map(({ voucherId, interval }) => plan.shareOf(voucherId, interval)),
    [
      { draws: 1, pool: 30n * BILLIONTHS, earned: 50n },
      { draws: 1, pool: 60n * BILLIONTHS, earned: 100n },
      { draws: 1, pool: 210n * BILLIONTHS, earned: 350n },
    ],
  );
  const { settlement } = settle(batch, vouchers, all);
  assert.deepEqual(
    [settlement.drawn, settlement.opened, settlement.credited, settlement.residual, settlement.forfeited],
    [3n, 3n, units(300n), "0", 0n],
  );
  assert.equal(settlement.beacon.length, 0, "no beacon decided anything");
});

test("a receipt pays the same alone and in every batch, to the billionth", () => {
  const fee = 7n;
  const credits = [1, 2, 3, 12].map((size) => {
    const few = Array.from({ length: size }, (_, i) => voucherOf(BigInt(i + 1), fee + BigInt(i), 1n));
    const first = { voucherId: 1n, interval: { from: 0n, to: fee }, ruling };
    return settle(batchOf(few), few, [first]).settlement.credited;
  });
  assert.deepEqual(new Set(credits), new Set(["2100000000"]));
});

test("a fee whose part for contributors is no whole unit leaves the rest of that unit as rounding", () => {
  const one = [voucherOf(3n, 3n, 2n)];
  const { settlement } = settle(batchOf(one), one, [shown(3n, 0n, 1n), shown(3n, 1n, 3n)]);
  assert.deepEqual([settlement.credited, settlement.residual], ["900000000", "100000000"]);
  assert.deepEqual(reasonsOf(settlement.reasons), [[residualReasons.rounding, "100000000"]]);
});

test("what is withheld of a whole batch goes to the residual, with its part of the provider's share", () => {
  const { settlement } = settle(batch, vouchers, [all[2]!, all[0]!]);
  assert.deepEqual(
    [settlement.opened, settlement.credited, settlement.residual, settlement.forfeited],
    [2n, units(240n), units(60n), 100n],
  );
  assert.deepEqual(reasonsOf(settlement.reasons), [[residualReasons.withheld, units(60n)]]);
});

test("nothing opened forfeits pool and provider's share", () => {
  for (const samplingVouchers of [0, 1]) {
    const { settlement } = settle({ ...batch, samplingVouchers }, vouchers, []);
    assert.deepEqual([settlement.credited, settlement.residual, settlement.forfeited], ["0", units(300n), 500n]);
  }
});

test("a batch in which nothing was audited is residual; its provider has no share to forfeit", () => {
  for (const samplingVouchers of [0, 1]) {
    const none = [voucherOf(3n, 0n, 0n)];
    const unaudited = batchOf(none, { samplingVouchers, fees: 3_000n, pool: 1_001n, providerShare: 0n });
    const { settlement } = settle(unaudited, none, []);
    assert.deepEqual([settlement.drawn, settlement.credited, settlement.forfeited], [0n, "0", 0n]);
    assert.deepEqual(reasonsOf(settlement.reasons), [[residualReasons.notAudited, units(1_001n)]]);
    assert.equal(planBatch(unaudited, none, BEACON).shareOf(3n, { from: 0n, to: 0n }), undefined);
  }
});

test("one opening answers every draw that falls on it, and no other", () => {
  const many = [voucherOf(3n, 300n, 31n), voucherOf(8n, 700n, 1n)];
  const sampled = batchOf(many, { samplingVouchers: 1 });
  const points = sampleBatch(BEACON, 42n, many.map(stretchOf), 64);
  assert.equal(points.length, 4);
  const answered = drawsAnswered(points, 1, { from: 0n, to: 700n });
  assert.deepEqual(
    answered,
    points.filter(({ stretch }) => stretch === 1).map(({ draw }) => draw),
  );
  const plan = planBatch(sampled, many, BEACON);
  assert.equal(plan.shareOf(8n, { from: 0n, to: 700n })?.draws, answered.length);
  const missed = points.every(({ stretch, point }) => stretch !== 0 || point > 0n);
  assert.equal(missed && plan.shareOf(3n, { from: 0n, to: 1n }) !== undefined, false);
  const { settlement } = settle(sampled, many, [all[2]!]);
  assert.deepEqual([settlement.drawn, settlement.opened, settlement.beacon], [4n, BigInt(answered.length), BEACON]);
});

test("the sampling error is the standard error of the sum of the draws", () => {
  const of = (draws: readonly bigint[]): CreditRecord => {
    const sum = { receipts: 1, tokens: 1, contested: 0n, selfDealt: 0n };
    const sampled = batchOf(vouchers, { samplingVouchers: 1 });
    const contribution = { id: 1n, owner: "", datanetId: 1n };
    let record: CreditRecord | undefined;
    for (const amount of draws) {
      record = creditRecord(sampled, contribution, { ...sum, amount, squares: amount * amount }, record);
    }
    return record!;
  };
  const at = (draws: readonly bigint[], drawn: bigint, whole = false): bigint =>
    samplingError(of(draws), { ...settle(batch, vouchers, all).settlement, whole, drawn });
  assert.equal(at([100n, 100n, 100n, 100n], 4n), 0n);
  // Two of four draws pay 100: mean 50, squared differences 4 x 2500, times 4 / 3.
  assert.equal(at([100n, 100n], 4n), 115n);
  assert.equal(at([100n], 1n), 100n, "of one draw nothing is known");
  assert.equal(at([100n, 100n], 4n, true), 0n, "a batch opened whole has no error");
});

test("a receipt that all draws fall on pays each of them the same: its credit has no sampling error", () => {
  const many = [voucherOf(3n, 1n, 31n), voucherOf(8n, 1_000_000_000n, 1n)];
  const sampled = batchOf(many, { samplingVouchers: 1 });
  const { sums, settlement } = settle(sampled, many, [shown(8n, 0n, 1_000_000_000n)]);
  const pool = auditedPool(1_000_000_001n, 3_000).toString();
  assert.deepEqual([settlement.drawn, settlement.opened, settlement.credited], [4n, 4n, pool]);
  const credit = creditRecord(sampled, { id: 1n, owner: "", datanetId: 1n }, sums.credits.get(1n)!);
  assert.equal(samplingError(credit, settlement), 0n);
});

test("a statement line is paid when all before it and itself are, but for less than a unit", () => {
  const line = { earned: "1500000000", through: "2000000000", settled: "700000000" };
  assert.equal(paidOf(line, { paid: "2000000000", repaid: "0" }), 1_500_000_000n);
  assert.equal(paidOf(line, { paid: "1000000001", repaid: "0" }), 1_500_000_000n);
  assert.equal(paidOf(line, { paid: "1000000000", repaid: "0" }), 700_000_000n);
});
