import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { poaErrors } from "#proto/attribution/errors.js";
import { auditedPool, checkFeeShares, splitFee, type FeeShares } from "#proto/attribution/fee.js";
import { refused } from "./world.js";

const shares = (a: bigint, c: bigint, ...royalties: bigint[]): FeeShares => ({
  contributorBasisPoints: a,
  providerBasisPoints: c,
  royalties: royalties.map((basisPoints, i) => ({ versionId: BigInt(i + 1), basisPoints })),
});

const cases = [
  { name: "refuses a contributor share below 10 %", shares: shares(999n, 2_000n), error: poaErrors.feeShares },
  { name: "refuses a contributor share above 80 %", shares: shares(8_001n, 0n), error: poaErrors.feeShares },
  { name: "refuses shares above 100 % with tau", shares: shares(8_000n, 1_501n), error: poaErrors.feeShares },
  { name: "refuses a negative share", shares: shares(3_000n, -1n), error: poaErrors.feeShares },
  { name: "refuses a negative royalty", shares: shares(3_000n, 0n, -1n), error: poaErrors.feeShares },
  {
    name: "refuses royalties above 60 % together",
    shares: shares(3_000n, 0n, 3_000n, 3_001n),
    error: poaErrors.royaltiesTooHigh,
  },
  { name: "accepts exactly 100 %", shares: shares(8_000n, 1_500n, 6_000n), error: undefined },
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

test("splitFee floors each step and the owner takes the remainder", () => {
  assert.deepEqual(splitFee(7n, shares(3_000n, 2_000n, 1_000n)), {
    burned: 0n,
    validators: 0n,
    pool: 2n,
    provider: 1n,
    royalties: [{ versionId: 1n, amount: 0n }],
    owner: 4n,
  });
});

test("property 1, conservation: the parts of a fee sum to it", () => {
  const anyShares = fc
    .tuple(fc.bigInt(1_000n, 8_000n), fc.bigInt(0n, 9_500n), fc.array(fc.bigInt(0n, 1_500n), { maxLength: 4 }))
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
    }),
    { seed: 3, numRuns: 200 },
  );
});

test("auditedPool is the audited share, rounded down; nothing of nothing", () => {
  assert.equal(auditedPool(300n, 999n, 1_000n), 299n);
  assert.equal(auditedPool(300n, 1_000n, 1_000n), 300n);
  assert.equal(auditedPool(0n, 0n, 0n), 0n);
});
