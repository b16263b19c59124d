import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concat } from "#proto/bytes.js";
import { creditBatch, REPEAT_MAX, type CreditLookups } from "#proto/attribution/credit.js";
import { distinctSorted, fingerprintAt, fingerprintCount } from "#proto/attribution/packed.js";
import { settleBatch, type Batch, type LocatedOpening } from "#proto/attribution/settle.js";
import { setRoot } from "#proto/attribution/set-tree.js";
import { creditTree } from "#proto/attribution/credit-tree.js";
import { useNatives } from "#node/runtime/natives.js";
import {
  drawsOf,
  foreign,
  library,
  lookupsOf,
  ok,
  opened,
  paidTo,
  print,
  prose,
  quoting,
  setOf,
} from "#test/unit/proto/attribution/world.js";

useNatives();
const SEED = 20_261;
const runs = (numRuns: number): fc.Parameters<unknown> => ({ seed: SEED, numRuns });

/** Works and answers that quote them. */
const scene = library(1, 5).chain((works) =>
  fc.record({ works: fc.constant(works), answers: fc.array(quoting(works), { minLength: 1, maxLength: 6 }) }),
);

/** A batch with its openings, some of them withheld, some of answers without a position. */
const batchOf = (answers: readonly string[]): fc.Arbitrary<{ batch: Batch; openings: LocatedOpening[] }> =>
  fc
    .record({
      pool: fc.bigInt(0n, (1n << 64n) - 1n),
      bond: fc.bigInt(0n, (1n << 64n) - 1n),
      fees: fc.array(fc.bigInt(0n, 1n << 40n), { minLength: answers.length, maxLength: answers.length }),
      shown: fc.array(fc.boolean(), { minLength: answers.length, maxLength: answers.length }),
      whole: fc.boolean(),
      beacon: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      sampleMax: fc.integer({ min: 1, max: 64 }),
    })
    .map(({ fees, shown, ...rest }) => {
      // Each receipt is a voucher of its own with further, unopened ones counted in, so that samples have several draws.
      const vouchers = fees.map((auditSum) => ({ auditSum, auditCount: rest.whole ? 1n : 20n }));
      const openings = answers.flatMap((answer, voucher) =>
        shown[voucher]
          ? [{ voucher, index: 0n, interval: { from: 0n, to: fees[voucher]! }, opened: opened(answer) }]
          : [],
      );
      return { batch: { ...rest, batchId: 7n, vouchers }, openings };
    });

test("property 1, conservation: credits and residual are the pool, whatever the fees and the rounding", () => {
  const worlds = scene.chain(({ works, answers }) => {
    const all = [...answers, "too short"];
    return batchOf(all).map((rest) => ({ works, ...rest }));
  });
  fc.assert(
    fc.property(worlds, ({ works, batch, openings }) => {
      const result = settleBatch(batch, openings, lookupsOf(works));
      assert.equal(result.credited + result.residual, batch.pool);
      let reasons = 0n;
      for (const { amount } of Object.values(result.reasons)) reasons += amount;
      assert.equal(reasons, result.residual);
      let paid = 0n;
      for (const { amount } of result.contributions) paid += amount;
      assert.equal(paid, result.credited);
      assert.ok(result.forfeited >= 0n && result.forfeited <= batch.bond);
      if (openings.length === 0 && result.drawn > 0 && result.draws.length > 0) {
        assert.equal(result.forfeited, batch.bond);
      }
    }),
    runs(150),
  );
});

test("property 3, null: a contribution that no answer quotes earns nothing", () => {
  fc.assert(
    fc.property(scene, fc.integer({ min: 6, max: 60 }), ({ works, answers }, size) => {
      const stranger = { id: 99n, records: [foreign(size)], intentHeight: 0n };
      const result = creditBatch(drawsOf(answers, 10_000n), lookupsOf([stranger, ...works]));
      assert.equal(paidTo(result, 99n), 0n);
    }),
    runs(60),
  );
});

test("property 4, copy: a later duplicate earns nothing and changes nobody's pay", () => {
  fc.assert(
    fc.property(scene, fc.nat(), fc.boolean(), ({ works, answers }, pick, licensed) => {
      const original = works[pick % works.length]!;
      const copy = { id: 99n, records: original.records, intentHeight: 99n, licensed };
      const draws = drawsOf(answers, 10_000n);
      assert.deepEqual(creditBatch(draws, lookupsOf([copy, ...works])), creditBatch(draws, lookupsOf(works)));
    }),
    runs(60),
  );
});

test("property 4, copy: a model that licensed only the copy pays the first committer", () => {
  fc.assert(
    fc.property(scene, ({ works, answers }) => {
      const [original] = works;
      const alone = [{ ...original!, licensed: false }];
      const copy = { id: 99n, records: original!.records, intentHeight: 99n };
      const draws = drawsOf([...answers, original!.records[0]!], 10_000n);
      const result = creditBatch(draws, lookupsOf([...alone, copy]));
      assert.equal(paidTo(result, 99n), 0n);
      assert.equal(paidTo(result, 1n), result.credited);
      assert.equal(creditBatch(draws, lookupsOf(alone)).credited, 0n);
    }),
    runs(60),
  );
});

test("property 5, no dilution: further contributions never lower the pay of earlier ones", () => {
  fc.assert(
    fc.property(scene, prose(6, 60), fc.boolean(), ({ works, answers }, text, licensed) => {
      const later = { id: 99n, records: [text], intentHeight: 99n, licensed };
      const draws = drawsOf(answers, 10_000n);
      const [before, after] = [creditBatch(draws, lookupsOf(works)), creditBatch(draws, lookupsOf([later, ...works]))];
      for (const { id } of works) assert.ok(paidTo(after, id) >= paidTo(before, id));
    }),
    runs(80),
  );
});

test("property 6, monotone: more tokens in a contribution never lower its pay", () => {
  fc.assert(
    fc.property(scene, fc.nat(), prose(1, 60), ({ works, answers }, pick, more) => {
      const chosen = works[pick % works.length]!;
      const draws = drawsOf(answers, 10_000n);
      for (const records of [[`${chosen.records[0]!} ${more}`], [chosen.records[0]!, more]]) {
        const grown = works.map((work) => (work === chosen ? { ...work, records } : work));
        const [before, after] = [creditBatch(draws, lookupsOf(works)), creditBatch(draws, lookupsOf(grown))];
        assert.ok(paidTo(after, chosen.id) >= paidTo(before, chosen.id));
      }
    }),
    runs(80),
  );
});

test("property 7, split: pieces earn at most the whole, and lose at most 7 windows of words a cut and occurrence", () => {
  const text = fc
    .uniqueArray(fc.nat(9_999), { minLength: 40, maxLength: 80 })
    .map((ids) => ids.map((id) => `w${id.toString(6)}`));
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 39 }), { minLength: 1, maxLength: 5 });
  const spans = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(text, cuts, spans, (words, unsorted, quoted) => {
      const places = [0, ...[...unsorted].sort((a, b) => a - b), words.length];
      const pieces = places.slice(1).map((end, i) => words.slice(places[i], end).join(" "));
      const answers = quoted.map(([from, size]) => `${foreign(3)} ${words.slice(from, from + size).join(" ")}`);
      // A pool of its windows makes the unit 1: amounts are windows. Words are numbered in base 6, as 6 looks like 0.
      const draws = answers.map((answer, draw) => {
        const receipt = opened(answer);
        return { draw, pool: BigInt(fingerprintCount(receipt.fingerprints)), opened: receipt };
      });
      const whole = creditBatch(draws, lookupsOf([{ id: 1n, records: [words.join(" ")] }]));
      const works = pieces.map((piece, i) => ({ id: BigInt(i + 1), records: [piece] }));
      const split = creditBatch(draws, lookupsOf(works));
      assert.ok(split.credited <= whole.credited);
      assert.ok(whole.credited - split.credited <= BigInt(7 * unsorted.length * answers.length));
    }),
    runs(60),
  );
});

test("property 8, order: batch order, map order and chunking change no root and no pay", () => {
  const worlds = scene.chain(({ works, answers }) =>
    fc.record({
      works: fc.constant(works),
      shuffledWorks: fc.shuffledSubarray(works, { minLength: works.length }),
      settled: batchOf(answers),
    }),
  );
  fc.assert(
    fc.property(worlds, ({ works, shuffledWorks, settled: { batch, openings } }) => {
      const straight = settleBatch(batch, openings, lookupsOf(works));
      const reversedHolders: CreditLookups = {
        ...lookupsOf(shuffledWorks),
        holders: (fingerprint) => [...lookupsOf(shuffledWorks).holders(fingerprint)].reverse(),
      };
      const shuffled = settleBatch(batch, [...openings].reverse(), reversedHolders);
      assert.deepEqual(shuffled, straight);
      const reversed = [...straight.credits].reverse();
      assert.deepEqual(ok(creditTree(reversed)).tree.top, ok(creditTree(straight.credits)).tree.top);

      const lists = works.map(setOf);
      const chunks = lists.flatMap((list) => [list.subarray(0, 8), list.subarray(8)]);
      assert.deepEqual(
        ok(setRoot(distinctSorted(concat(...chunks.reverse())))),
        ok(setRoot(distinctSorted(concat(...lists)))),
      );
    }),
    runs(25),
  );
});

test("property 19, prompt echo: what the prompt holds earns nothing", () => {
  fc.assert(
    fc.property(scene, ({ works, answers }) => {
      const echoed = answers.map((answer, draw) => ({ draw, pool: 10_000n, opened: opened(answer, answer) }));
      const result = creditBatch(echoed, lookupsOf(works));
      assert.equal(result.credited, 0n);
      assert.equal(result.reasons.unmatched.count, 0);
    }),
    runs(40),
  );
});

test("property 19, context: a declared chunk makes eligible and never overrides the first committer", () => {
  fc.assert(
    fc.property(prose(12, 40), (text) => {
      const author = { id: 1n, records: [text], licensed: false };
      const copy = { id: 2n, records: [text], licensed: false };
      const lookups = lookupsOf([copy, author]);
      const draw = (context: readonly bigint[]) => [{ draw: 0, pool: 9_999n, opened: opened(text, "", context) }];
      const without = creditBatch(draw([]), lookups);
      assert.equal(without.credited, 0n);
      assert.equal(without.reasons.notEligible.amount, without.residual - without.reasons.rounding.amount);
      const declared = creditBatch(draw([2n]), lookups);
      assert.ok(declared.credited > 0n);
      assert.equal(paidTo(declared, 1n), declared.credited);
      assert.equal(paidTo(declared, 2n), 0n);
    }),
    runs(40),
  );
});

test("property 19, common list: an enlisted phrase earns nothing", () => {
  fc.assert(
    fc.property(scene, ({ works, answers }) => {
      const phrases = new Set<bigint>();
      for (const answer of answers) {
        const list = print(answer);
        for (let i = 0; i < fingerprintCount(list); i++) phrases.add(fingerprintAt(list, i));
      }
      assert.equal(creditBatch(drawsOf(answers, 10_000n), lookupsOf(works, phrases)).credited, 0n);
    }),
    runs(40),
  );
});

test("property 19, cap: one fingerprint is paid at most M times in a batch", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), (times) => {
      const phrase = "one two three four five six seven eight";
      const draws = drawsOf(
        Array.from({ length: times }, () => phrase),
        100n,
      );
      const result = creditBatch(draws, lookupsOf([{ id: 1n, records: [phrase] }]));
      assert.equal(result.credits.length, Math.min(times, REPEAT_MAX));
      assert.equal(result.reasons.repeated.count, Math.max(0, times - REPEAT_MAX));
    }),
    runs(40),
  );
});

test("a version pays only contributions whose intent is older than itself", () => {
  const work = { id: 1n, records: ["one two three four five six seven eight"], intentHeight: 10n };
  const at = (versionHeight: bigint) =>
    creditBatch(drawsOf(work.records, 100n), { ...lookupsOf([work]), versionHeight }).credited;
  assert.equal(at(10n), 0n);
  assert.equal(at(11n), 100n);
});

test("of two intents in one block the one with the lower index is the first committer", () => {
  const [first, second] = [
    { id: 2n, records: ["one two three four five six seven eight"], intentHeight: 5n, intentIndex: 3 },
    { id: 1n, records: ["one two three four five six seven eight"], intentHeight: 5n, intentIndex: 4 },
  ];
  for (const works of [
    [first, second],
    [second, first],
  ]) {
    const result = creditBatch(drawsOf(first.records, 100n), lookupsOf(works));
    assert.equal(paidTo(result, 2n), 100n);
  }
});
