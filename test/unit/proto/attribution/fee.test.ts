import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { poaErrors } from "#proto/attribution/errors.js";
import {
  auditedPool,
  auditedSplit,
  checkFeeShares,
  providerShareMin,
  splitFee,
  type FeeShares,
} from "#proto/attribution/fee.js";
import { BILLIONTHS } from "#proto/amount.js";
import { refused } from "./world.js";

const shares = (a: bigint, c: bigint, ...royalties: bigint[]): FeeShares => ({
  contributorBasisPoints: a,
  providerBasisPoints: c,
  royalties: royalties.map((basisPoints, i) => ({ versionId: BigInt(i + 1), basisPoints })),
});

const cases = [
  { name: "refuses a contributor share below 10 %", shares: shares(999n, 2_000n), error: poaErrors.feeShares },
  { name: "refuses a contributor share above 60 %", shares: shares(6_001n, 3_100n), error: poaErrors.feeShares },
  { name: "refuses shares above 100 % with tau", shares: shares(6_000n, 3_501n), error: poaErrors.feeShares },
  { name: "refuses a provider share below 10 %", shares: shares(1_000n, 999n), error: poaErrors.feeShares },
  { name: "refuses a provider share below half of a", shares: shares(5_001n, 2_500n), error: poaErrors.feeShares },
  { name: "refuses a negative share", shares: shares(3_000n, -1n), error: poaErrors.feeShares },
  { name: "refuses a negative royalty", shares: shares(3_000n, 2_000n, -1n), error: poaErrors.feeShares },
  {
    name: "refuses royalties above 60 % together",
    shares: shares(3_000n, 2_000n, 3_000n, 3_001n),
    error: poaErrors.royaltiesTooHigh,
  },
  { name: "accepts exactly 100 %", shares: shares(6_000n, 3_500n, 6_000n), error: undefined },
  { name: "accepts exactly half of a", shares: shares(5_001n, 2_501n), error: undefined },
  { name: "accepts royalties of exactly 60 %", shares: shares(3_000n, 2_000n, 3_000n, 3_000n), error: undefined },
];
for (const { name, shares: given, error } of cases) {
  test(`checkFeeShares ${name}`, () => {
    const verdict = checkFeeShares(given);
    if (error === undefined) assert.equal(verdict, undefined);
    else refused(verdict, error);
  });
}

test("splitFee of 1,000,000 by the usual shares", () => {
  assert.deepEqual(splitFee(1_000_000n, shares(3_000n, 2_000n, 1_000n, 500n)), {
    burned: 30_000n,
    validators: 20_000n,
    pool: 300_000n,
    provider: 200_000n,
    royalties: [
      { versionId: 1n, amount: 45_000n },
      { versionId: 2n, amount: 22_500n },
    ],
    owner: 382_500n,
  });
});

test("splitFee rounds the pool up and every other part down; the owner takes the remainder", () => {
  assert.deepEqual(splitFee(7n, shares(3_000n, 2_000n, 1_000n)), {
    burned: 0n,
    validators: 0n,
    pool: 3n,
    provider: 1n,
    royalties: [{ versionId: 1n, amount: 0n }],
    owner: 3n,
  });
});

test("property 1, conservation: the parts of a fee sum to it", () => {
  const anyShares = fc
    .tuple(fc.bigInt(1_000n, 6_000n), fc.bigInt(3_000n, 9_500n), fc.array(fc.bigInt(0n, 1_500n), { maxLength: 4 }))
    .map(([a, c, royalties]) => shares(a, c > 9_500n - a ? 9_500n - a : c, ...royalties));
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 64n) - 1n), anyShares, (fee, given) => {
      const { burned, validators, pool, provider, royalties, owner } = splitFee(fee, given);
      const parts = [burned, validators, pool, provider, owner, ...royalties.map(({ amount }) => amount)];
      assert.ok(parts.every((part) => part >= 0n));
      assert.equal(
        parts.reduce((sum, part) => sum + part, 0n),
        fee,
      );
      assert.ok(auditedPool(fee, Number(given.contributorBasisPoints)) <= pool * BILLIONTHS);
    }),
    { seed: 3, numRuns: 200 },
  );
});

test("the provider's share stands for audited fees, rounded down; what it does not earn goes to the pool", () => {
  const audited = (pool: bigint, provider: bigint, auditSum: bigint, fee: bigint): unknown =>
    auditedSplit({ ...splitFee(0n, shares(3_000n, 2_000n)), pool, provider }, auditSum, fee);
  assert.deepEqual(audited(300n, 200n, 999n, 1_000n), { pool: 301n, provider: 199n });
  assert.deepEqual(audited(300n, 200n, 1_000n, 1_000n), { pool: 300n, provider: 200n });
  assert.deepEqual(audited(300n, 200n, 0n, 1_000n), { pool: 500n, provider: 0n });
  assert.deepEqual(audited(0n, 0n, 0n, 0n), { pool: 0n, provider: 0n });
});

test("at the least share, not to audit costs the provider at least half of what it costs contributors", () => {
  for (let a = 1_000n; a <= 6_000n; a += 250n) {
    const c = providerShareMin(a);
    assert.equal(checkFeeShares(shares(a, c)), undefined);
    assert.ok(2n * c >= a && c >= 1_000n);
    refused(checkFeeShares(shares(a, c - 1n)), poaErrors.feeShares);
  }
});
