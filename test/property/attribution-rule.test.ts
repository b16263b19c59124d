import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { BatchRecord } from "#proto/attribution/batch.js";
import { addReceipt, noSums, type BatchSums } from "#proto/attribution/rule/batch.js";
import { priceReceipt } from "#proto/attribution/rule/price.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { ruleReceipt, type Ruling } from "#proto/attribution/rule/rule.js";
import type { VoucherRecord } from "#proto/attribution/stretch.js";
import { creditRecord, noProgress, settlementOf, withReceipts, type CreditRecord } from "#proto/attribution/settled.js";
import { useNatives } from "#node/runtime/natives.js";
import { batchOf, BEACON, settle, voucherOf, type Shown } from "#test/unit/proto/attribution/batches.js";
import { game } from "#test/unit/proto/attribution/rule/games.js";
import { refer, type Verdict } from "#test/unit/proto/attribution/rule/reference.js";
import {
  contesters,
  creditOf,
  factsOf,
  ownerOf,
  payees,
  prose,
  receiptOf,
  Records,
  ruled,
  slice,
  wordsOf,
  type Work,
  type World,
} from "#test/unit/proto/attribution/rule/world.js";

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
    fc.property(game, fc.bigInt(0n, (1n << 94n) - 1n), ({ talk, world }, pool) => {
      const { credits, residual } = priceReceipt(ruled(talk, world), pool);
      const sum = [...credits, ...residual].reduce((total, { amount }) => total + amount, 0n);
      assert.equal(sum, pool);
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

/** The game with one contribution more. */
const joined = (world: World, works: readonly Work[], work: Work): World => {
  const records = world.records.copy();
  records.complete(work);
  records.accept(work.id);
  if ((world.licensed ?? []).includes(work.datanet)) records.released.add(BigInt(work.id));
  assert.ok(works.every(({ id }) => id !== work.id));
  return { ...world, records };
};

test("property 3, null: a contribution that no text holds changes nothing", () => {
  fc.assert(
    fc.property(
      game,
      fc.constantFrom(1, 2, 3, 9),
      fc.constantFrom(0, 90),
      ({ talk, world, works }, datanet, intent) => {
        const stranger: Work = { id: 99, datanet, owner: "z", texts: [prose("n", 40)], intent, accepted: 50 };
        const [before, after] = [ruled(talk, world), ruled(talk, joined(world, works, stranger))];
        assert.deepEqual(verdictsOf(after), verdictsOf(before));
      },
    ),
    { seed: SEED, numRuns: 60 },
  );
});

test("property 4, copy: a later copy in the original's datanet changes nothing", () => {
  fc.assert(
    fc.property(game, fc.nat(), ({ talk, world, works }, pick) => {
      const before = ruled(talk, world);
      const paidFor = works.filter(({ id }) => payees(before).includes(id));
      const original = paidFor[pick % Math.max(1, paidFor.length)];
      if (original === undefined) return;
      const copy: Work = { ...original, id: 99, owner: "z", intent: 90, accepted: 50 };
      assert.deepEqual(verdictsOf(ruled(talk, joined(world, works, copy))), verdictsOf(before));
    }),
    { seed: SEED, numRuns: 150 },
  );
});

const OWN = fc.record({
  size: fc.integer({ min: 20, max: 60 }),
  cuts: fc.uniqueArray(fc.integer({ min: 1, max: 19 }), { minLength: 1, maxLength: 3 }),
  quotes: fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 4 }),
});
/** Weight that one owner's licensed texts earn of an answer that quotes them. */
function earns(texts: readonly string[], answer: string): number {
  const records = new Records(texts.map((text, i) => ({ id: i + 1, datanet: 1, owner: "a", texts: [text] })));
  records.release(1);
  return payees(ruled({ answer }, { records, licensed: [1] })).filter((id) => id > 0).length;
}

test("properties 6 and 7: more text never earns less, and pieces never earn more than the whole", () => {
  fc.assert(
    fc.property(OWN, ({ size, cuts, quotes }) => {
      const text = prose("w", size);
      const answer = quotes.map(([from, length], i) => `${slice(text, from, from + length)} q${i}`).join(" ");
      const places = [0, ...[...cuts].sort((a, b) => a - b), size];
      const pieces = places.slice(1).map((end, i) => slice(text, places[i]!, end));
      const whole = earns([text], answer);
      assert.ok(earns(pieces, answer) <= whole);
      assert.ok(earns([slice(text, 0, size - 5)], answer) <= whole);
      assert.ok(earns([`${text} ${prose("m", 9)}`], answer) >= whole);
    }),
    { seed: SEED, numRuns: 80 },
  );
});

test("property 5, no dilution: a junior takes for good nothing that windows paid to others", () => {
  fc.assert(
    fc.property(game, fc.constantFrom(1, 2, 3, 9), fc.nat(3), ({ talk, world, works }, datanet, which) => {
      const texts = [
        talk.answer,
        works[0]!.texts[0]!,
        ...(talk.added ?? []),
        ...(talk.marked ?? []).map(([text]) => text),
      ];
      const junior: Work = {
        id: 99,
        datanet,
        owner: "z",
        texts: [texts[which % texts.length]!],
        intent: 90,
        accepted: 60,
      };
      const [before, after] = [ruled(talk, world), ruled(talk, joined(world, works, junior))];
      const [was, is] = [payees(before), payees(after)];
      const contested = contesters(after);
      for (let token = 0; token < was.length; token++) {
        if (was[token] === 0 || before.place[token]! >= 0 || is[token] === was[token]) continue;
        assert.equal(is[token], 99);
        assert.notEqual(contested[token], 0);
      }
    }),
    { seed: SEED, numRuns: 150 },
  );
});

test("a squatter without a licence that no request names takes nothing for good, however old it is", () => {
  fc.assert(
    fc.property(game, fc.boolean(), ({ talk, world, works }, isAccepted) => {
      const texts = works.flatMap((work) => work.texts);
      const squatter: Work = { id: 99, datanet: 9, owner: "z", texts, intent: 0, accepted: isAccepted && 60 };
      const [before, after] = [ruled(talk, world), ruled(talk, joined(world, works, squatter))];
      assert.deepEqual(payees(after), payees(before));
    }),
    { seed: SEED, numRuns: 100 },
  );
});

const sorted = <K extends bigint | number, V>(map: ReadonlyMap<K, V>): (readonly [K, V])[] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

test("property 8, order: receipts of a batch in any order and company add up to the same, and to each alone", () => {
  fc.assert(
    fc.property(game, fc.array(fc.bigInt(0n, 10n ** 13n), { minLength: 4, maxLength: 4 }), ({ talk, world }, pools) => {
      const facts = factsOf(world);
      const { answer } = talk;
      const receipts = [answer, `${answer} zz`, wordsOf(answer).reverse().join(" "), slice(answer, 3)].map(
        (said, i) => {
          const ruling = ruleReceipt(receiptOf({ ...talk, answer: said }), facts);
          return { ruling, pay: priceReceipt(ruling, pools[i]!), share: { draws: 1, pool: pools[i]!, earned: 0n } };
        },
      );
      const sum = (order: readonly number[]): BatchSums => {
        const sums = noSums();
        for (const i of order) {
          addReceipt(sums, { voucherId: BigInt(1 + (i % 2)), payers: [ownerOf("q")], ...receipts[i]! });
        }
        return sums;
      };
      const [straight, turned] = [sum([0, 1, 2, 3]), sum([2, 0, 3, 1])];
      for (const table of ["credits", "residual"] as const) {
        assert.deepEqual(
          sorted<bigint | number, unknown>(turned[table]),
          sorted<bigint | number, unknown>(straight[table]),
        );
      }
      for (const table of ["contests", "uses"] as const) {
        const rows = (sums: BatchSums): unknown =>
          sorted<bigint, ReadonlyMap<bigint, unknown>>(sums[table]).map(([id, of]) => [id, sorted(of)]);
        assert.deepEqual(rows(turned), rows(straight));
      }

      const amounts = [...straight.credits.values(), ...straight.residual.values()];
      const whole = pools.reduce((total, pool) => total + pool, 0n);
      assert.equal(
        amounts.reduce((total, { amount }) => total + amount, 0n),
        whole,
      );
      for (const [contribution, { amount }] of straight.credits) {
        const alone = receipts.map(({ pay }) => creditOf(pay, Number(contribution)).amount);
        assert.equal(
          amount,
          alone.reduce((total, part) => total + part, 0n),
        );
      }
    }),
    { seed: SEED, numRuns: 60 },
  );
});

test("property 8, company: what a receipt pays is the same alone and in any batch opened whole, settled in any pieces", () => {
  // Fees of ten units or a multiple have a whole pool, so that no division of the pool hides a difference.
  const fees = fc.array(fc.bigInt(0n, 10_000n), { minLength: 4, maxLength: 4 });
  const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
  fc.assert(
    fc.property(game, fees, order, fc.integer({ min: 1, max: 3 }), ({ talk, world }, tens, places, cut) => {
      const facts = factsOf(world);
      const { answer } = talk;
      const receipts = [answer, `${answer} zz`, wordsOf(answer).reverse().join(" "), slice(answer, 3)].map(
        (said, i) => ({ ruling: ruleReceipt(receiptOf({ ...talk, answer: said }), facts), fee: 10n * tens[i]! }),
      );
      const batchWith = (vouchers: readonly VoucherRecord[]): BatchRecord => {
        const audited = vouchers.reduce((sum, { auditSum }) => sum + auditSum, 0n);
        return batchOf(vouchers, { pool: (3n * audited) / 10n, providerShare: audited / 5n });
      };
      const alone = receipts.map(({ ruling, fee }) => {
        const vouchers = [voucherOf(1n, fee, 1n)];
        const shown = { voucherId: 1n, interval: { from: 0n, to: fee }, ruling };
        return fee === 0n ? undefined : settle(batchWith(vouchers), vouchers, [shown]);
      });
      // Two vouchers: one of the first `cut` receipts in this order, one of the others.
      const groups = [places.slice(0, cut), places.slice(cut)];
      const vouchers = groups.map((group, i) =>
        voucherOf(
          BigInt(i + 1),
          group.reduce((sum, at) => sum + receipts[at]!.fee, 0n),
          BigInt(group.length),
        ),
      );
      const shown = groups.flatMap((group, i) => {
        let from = 0n;
        return group.map((at): Shown => {
          const interval = { from, to: from + receipts[at]!.fee };
          from = interval.to;
          return { voucherId: BigInt(i + 1), interval, ruling: receipts[at]!.ruling };
        });
      });
      const batch = batchWith(vouchers);
      if (batch.auditSum === 0n) return;
      const together = settle(batch, vouchers, shown);
      for (const [contribution, { amount, contested }] of together.sums.credits) {
        const each = alone.map((settled) => settled?.sums.credits.get(contribution));
        assert.equal(
          amount,
          each.reduce((sum, one) => sum + (one?.amount ?? 0n), 0n),
        );
        assert.equal(
          contested,
          each.reduce((sum, one) => sum + (one?.contested ?? 0n), 0n),
        );
      }
      const credited = alone.reduce((sum, settled) => sum + BigInt(settled?.settlement.credited ?? 0n), 0n);
      assert.equal(BigInt(together.settlement.credited), credited);

      // In pieces, turned around: the same records.
      const pieces = [shown.slice(2).reverse(), shown.slice(0, 2)];
      let progress = noProgress(batch.id);
      const records = new Map<bigint, CreditRecord>();
      for (const piece of pieces) {
        const { sums } = settle(batch, vouchers, piece);
        progress = withReceipts(progress, sums);
        for (const [id, sum] of sums.credits) {
          records.set(id, creditRecord(batch, { id, owner: "", datanetId: 1n }, sum, records.get(id)));
        }
      }
      const at = { height: together.settlement.height, time: together.settlement.time };
      assert.deepEqual(settlementOf(batch, { drawn: 4n }, progress, BEACON, at), together.settlement);
      for (const [id, sum] of together.sums.credits) {
        assert.deepEqual(records.get(id), creditRecord(batch, { id, owner: "", datanetId: 1n }, sum));
      }
      assert.equal(records.size, together.sums.credits.size);
    }),
    { seed: SEED, numRuns: 60 },
  );
});
