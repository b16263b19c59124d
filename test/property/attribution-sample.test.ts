import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { u64be, utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { BatchRecord } from "#proto/attribution/batch.js";
import { sampleBatch, sampledShare, sampleSize, wholeShare } from "#proto/attribution/sample.js";
import { creditRecord, samplingError } from "#proto/attribution/settled.js";
import { leafAt, sumTree } from "#proto/attribution/sum-tree.js";
import { receiptLeaf } from "#proto/attribution/receipt.js";
import { useNatives } from "#node/runtime/natives.js";
import { batchOf, settle, voucherOf, type Shown } from "#test/unit/proto/attribution/batches.js";
import { prose, Records, ruled } from "#test/unit/proto/attribution/rule/world.js";
import { ok } from "#test/unit/proto/attribution/world.js";

useNatives();
const beaconOf = (i: number): Uint8Array => sha256(utf8("beacon"), u64be(BigInt(i)));
const BEACONS = 10_000;

// 32 receipts of one voucher, so that q = 4. Fees from 1 to 1000 times a unit.
const fees = Array.from({ length: 32 }, (_, i) => BigInt(1 + ((i * i * 37) % 1000)) * 1_000n);
const total = fees.reduce((sum, fee) => sum + fee, 0n);
const tree = ok(sumTree(fees.map((fee, i) => receiptLeaf(fee, sha256(u64be(BigInt(i)))))));
const picks = (beacon: number): number[] =>
  sampleBatch(beaconOf(beacon), 3n, [{ from: 0n, to: total, first: 0n, end: 32n }], 64).map(({ point }) =>
    leafAt(tree, point),
  );

test("property 10, unbiased sample: picks follow the fees (chi-squared over 10^4 beacons)", () => {
  const counts = fees.map(() => 0);
  for (let i = 0; i < BEACONS; i++) for (const index of picks(i)) counts[index]! += 1;
  const drawn = 4 * BEACONS;
  let chiSquared = 0;
  for (const [i, count] of counts.entries()) {
    const expected = (drawn * Number(fees[i])) / Number(total);
    chiSquared += (count - expected) ** 2 / expected;
  }
  assert.ok(chiSquared < 61.1, `chi-squared ${chiSquared} of 31 degrees of freedom is above the 99.9 % quantile`);
});

test("property 10, unbiased sample: in the mean a sampled batch pays what one opened whole pays", () => {
  // One contribution owns a third of the receipts, and a part of another third.
  const text = prose("w", 32);
  const records = new Records([{ id: 1, datanet: 1, owner: "a", texts: [text] }]);
  records.release(1);
  const rulings = [text, prose("q", 32), `${text} ${prose("q", 40)}`].map((answer) =>
    ruled({ answer }, { records, licensed: [1] }),
  );
  const vouchers = [voucherOf(1n, total, 32n)];
  const whole = batchOf(vouchers, { id: 3n });
  const sampled = { ...whole, samplingVouchers: 1 };
  const starts = fees.map((_, i) => fees.slice(0, i).reduce((sum, fee) => sum + fee, 0n));
  const receipt = (i: number): Shown => {
    const interval = { from: starts[i]!, to: starts[i]! + fees[i]! };
    return { voucherId: 1n, interval, ruling: rulings[i % 3]! };
  };
  const credit = ({ sums }: ReturnType<typeof settle>): number => Number(sums.credits.get(1n)?.amount ?? 0n) / 1e9;
  const exact = credit(
    settle(
      whole,
      vouchers,
      fees.map((_, i) => receipt(i)),
    ),
  );

  let [sum, squares, errors] = [0, 0, 0];
  for (let i = 0; i < BEACONS; i++) {
    const drawn = [...new Set(picks(i))].map(receipt);
    const result = settle(sampled, vouchers, drawn, beaconOf(i));
    const amount = credit(result);
    sum += amount;
    squares += amount * amount;
    assert.equal(result.settlement.opened, 4n);
    if (i % 50 === 0) errors += errorOf(result, sampled);
  }
  const mean = sum / BEACONS;
  const deviation = Math.sqrt(squares / BEACONS - mean * mean);
  const error = deviation / Math.sqrt(BEACONS);
  assert.ok(Math.abs(mean - exact) < 3 * error, `mean ${mean}, exact ${exact}, standard error ${error}`);
  // What statements call the sampling error is of that size. Of four draws it is a rough one.
  const shown = errors / (BEACONS / 50);
  assert.ok(shown > 0.7 * deviation && shown < 1.1 * deviation, `shown ${shown}, true ${deviation}`);
});

function errorOf({ sums, settlement }: ReturnType<typeof settle>, batch: BatchRecord): number {
  const sum = sums.credits.get(1n);
  if (sum === undefined) return 0;
  return Number(samplingError(creditRecord(batch, { id: 1n, owner: "", datanetId: 1n }, sum), settlement)) / 1e9;
}

test("the draws of a batch share its pool to the last unit, sampled and whole", () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, (1n << 64n) - 1n),
      fc.array(fc.bigInt(0n, 1n << 50n), { minLength: 1, maxLength: 40 }),
      (amount, parts) => {
        const all = parts.reduce((sum, part) => sum + part, 0n);
        let [whole, from] = [0n, 0n];
        for (const part of parts) {
          whole += wholeShare(amount, from, from + part, all);
          from += part;
        }
        assert.equal(whole, all === 0n ? 0n : amount);
        let sampled = 0n;
        for (let draw = 0; draw < parts.length; draw++) sampled += sampledShare(amount, parts.length, draw);
        assert.equal(sampled, amount);
      },
    ),
    { seed: 7, numRuns: 100 },
  );
});

test("q is an eighth of the receipts, rounded up, at most the maximum", () => {
  const cases: [bigint, number, number][] = [
    [0n, 64, 0],
    [1n, 64, 1],
    [8n, 64, 1],
    [9n, 64, 2],
    [200n, 16, 16],
    [512n, 64, 64],
    [(1n << 64n) - 1n, 64, 64],
  ];
  for (const [receipts, max, need] of cases) assert.equal(sampleSize(receipts, max), need);
});

test("a sample point lies in the stretch that it names, and stretches without fees are never drawn", () => {
  const sums = fc.array(fc.tuple(fc.bigInt(0n, 1_000n), fc.bigInt(0n, 1_000n)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(sums, fc.uint8Array({ minLength: 32, maxLength: 32 }), (ends, beacon) => {
      const stretches = ends.map(([from, more], i) => ({
        from,
        to: from + more,
        first: BigInt(i),
        end: BigInt(i) + 16n,
      }));
      for (const { stretch, point } of sampleBatch(beacon, 1n, stretches, 64)) {
        const { from, to } = stretches[stretch]!;
        assert.ok(point >= from && point < to);
      }
    }),
    { seed: 11, numRuns: 100 },
  );
});
