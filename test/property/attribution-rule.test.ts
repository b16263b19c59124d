import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BILLIONTHS, priceReceipt } from "#proto/attribution/rule/price.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { ruleReceipt, type Ruling } from "#proto/attribution/rule/rule.js";
import { useNatives } from "#node/runtime/natives.js";
import { game } from "#test/unit/proto/attribution/rule/games.js";
import { refer, type Verdict } from "#test/unit/proto/attribution/rule/reference.js";
import { factsOf, receiptOf, ruled } from "#test/unit/proto/attribution/rule/world.js";

useNatives();
const SEED = 20_262;
const NAMES = Object.fromEntries(Object.entries(residualReasons).map(([name, code]) => [code, name]));

/** The ruling in the words of the reference. */
function verdictsOf({ committers, payee, reason, contester, unlicensed }: Ruling): Verdict[] {
  const id = (number: number): number => (number < 0 ? 0 : Number(committers[number]!.contribution));
  return [...payee].map((number, token) => ({
    payee: id(number),
    reason: NAMES[reason[token]!] ?? "",
    contester: id(contester[token]!),
    unlicensed: id(unlicensed[token]!),
  }));
}

test("the rule gives each token what the text of the rule gives it", () => {
  fc.assert(
    fc.property(game, ({ talk, world }) => {
      assert.deepEqual(verdictsOf(ruled(talk, world)), refer(talk, world));
    }),
    { seed: SEED, numRuns: 400 },
  );
});

test("property 1, conservation: credits and residual are the pool, in billionths", () => {
  fc.assert(
    fc.property(game, fc.bigInt(0n, (1n << 64n) - 1n), ({ talk, world }, pool) => {
      const { credits, residual } = priceReceipt(ruled(talk, world), pool);
      const sum = [...credits, ...residual].reduce((total, { amount }) => total + amount, 0n);
      assert.equal(sum, pool * BILLIONTHS);
      for (const { amount, contested, contester } of credits) {
        assert.ok(contested >= 0n && contested <= amount);
        assert.ok(contester !== undefined || contested === 0n);
      }
    }),
    { seed: SEED, numRuns: 150 },
  );
});

test("receipts are independent: the same facts give the same ruling, whatever was ruled before", () => {
  fc.assert(
    fc.property(game, game, ({ talk, world }, other) => {
      const facts = factsOf(world);
      const alone = ruleReceipt(receiptOf(talk), facts);
      ruleReceipt(receiptOf(other.talk), facts);
      assert.deepEqual(ruleReceipt(receiptOf(talk), facts), alone);
    }),
    { seed: SEED, numRuns: 50 },
  );
});
