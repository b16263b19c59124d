import assert from "node:assert/strict";
import { test } from "node:test";
import { isRejection } from "#proto/rejection.js";
import { DEBTS_MAX } from "#state/modules/payout/correct.js";
import { payoutErrors, type Correction } from "#state/modules/payout/index.js";
import { debts } from "#state/modules/payout/keys.js";
import { View } from "#state/store/view.js";
import { useNatives } from "#node/runtime/natives.js";
import { seeded } from "#test/simulation/random.js";
import { Market } from "#test/unit/state/market.js";
import { rule } from "#test/unit/state/rulings.js";
import { person } from "#test/unit/state/world.js";

useNatives();

const OWNERS = ["alice", "dave", "erin", "carol"].map(person);
const TEXTS = OWNERS.map((_, i) => Array.from({ length: 24 }, (_, word) => `w${i}x${word}`).join(" "));

/** Sells answers that quote all texts, in one batch; the world checks all invariants after each block. */
function sell(market: Market, fee: bigint): bigint {
  const grace = person("grace");
  const channel = market.open(grace, 10n * fee);
  for (const text of TEXTS) market.ask(channel, fee, text);
  const redeemed = market.redeem(channel, market.sign(channel, true));
  market.endEpoch();
  assert.equal(
    market.openSample(grace, redeemed.batchId, market.wanted(redeemed.batchId, [redeemed])).code,
    0,
    "all is opened",
  );
  assert.equal(market.settle(grace, redeemed.batchId).code, 0);
  return redeemed.batchId;
}

test("random rulings conserve all money, take nothing back, and what is owed is repaid", () => {
  for (const seed of [1n, 2n, 3n]) {
    const random = seeded(seed);
    const market = new Market({
      works: OWNERS.map((owner, i) => ({ owner, text: TEXTS[i]! })),
      treasuryBasisPoints: 700,
    });
    const batches: bigint[] = [];
    const counts = { moved: 0, debts: 0 };
    for (let round = 0; round < 6; round++) {
      batches.push(sell(market, BigInt(1 + random.below(9_999))));
      for (let i = 0; i < 4; i++) {
        const balances = OWNERS.map((owner) => market.world.balance(owner));
        const done = rule(market, {
          batchId: batches[random.below(batches.length)]!,
          from: BigInt(1 + random.below(OWNERS.length)),
          to: BigInt(1 + random.below(OWNERS.length)),
          basisPoints: BigInt(1 + random.below(10_000)),
        });
        assert.deepEqual(
          OWNERS.map((owner) => market.world.balance(owner)),
          balances,
          "nothing paid is taken back",
        );
        if (isRejection(done)) continue;
        if (done.moved > 0n) counts.moved++;
        if (done.debt > 0n) counts.debts++;
        market.blocks(1 + random.below(3));
      }
    }
    market.blocks(20);
    assert.ok(counts.moved > 0 && counts.debts > 0, JSON.stringify(counts));
  }
});

test("what is held back is weighted anew; what has matured is repaid from later earnings alone", () => {
  const market = new Market({ works: OWNERS.map((owner, i) => ({ owner, text: TEXTS[i]! })) });
  const [alice, dave] = OWNERS as [(typeof OWNERS)[0], (typeof OWNERS)[0]];
  const pending = (who: typeof alice): bigint => BigInt(market.statement(who).account!.pending);

  const first = sell(market, 1_000n);
  const [ofAlice, ofDave] = [pending(alice), pending(dave)];
  const half = rule(market, { batchId: first, from: 1n, to: 2n, basisPoints: 5_000n });
  assert.deepEqual(half, { moved: ofAlice / 2n, debt: 0n });
  assert.equal(pending(alice), ofAlice - ofAlice / 2n);
  assert.equal(pending(dave), ofDave + ofAlice / 2n);
  market.blocks(6);

  const paid = market.world.balance(alice);
  const late = rule(market, { batchId: first, from: 1n, to: 2n, basisPoints: 10_000n });
  assert.deepEqual(late, { moved: 0n, debt: ofAlice - ofAlice / 2n });
  assert.equal(market.statement(alice).debts[0]?.amount, (ofAlice - ofAlice / 2n).toString());
  market.blocks(6);
  assert.equal(market.world.balance(alice), paid, "what was paid stays");
  const before = market.world.balance(dave);
  sell(market, 1_000n);
  market.blocks(6);
  assert.equal(market.statement(alice).debts.length, 0, "repaid");
  const units = (billionths: bigint): bigint => billionths / 1_000_000_000n;
  assert.equal(market.world.balance(dave) - before, units(ofDave + ofAlice - ofAlice / 2n));
});

test("a correction that cannot be is refused by name, and one owner has a bounded number of creditors", () => {
  const market = new Market({ works: OWNERS.map((owner, i) => ({ owner, text: TEXTS[i]! })) });
  const batchId = sell(market, 1_000n);
  const refused = (change: Partial<Correction>, error: { readonly name: string }): void => {
    const done = rule(market, { batchId, from: 1n, to: 2n, basisPoints: 1n, ...change });
    assert.ok(
      isRejection(done) && done.name === error.name,
      JSON.stringify(done, (_, v: unknown) => String(v)),
    );
  };
  refused({ basisPoints: 0n }, payoutErrors.wrongCorrection);
  refused({ basisPoints: 10_001n }, payoutErrors.wrongCorrection);
  refused({ to: 1n }, payoutErrors.wrongCorrection);
  refused({ to: 99n }, payoutErrors.wrongCorrection);
  refused({ batchId: 99n }, payoutErrors.nothingToCorrect);
  market.blocks(6);
  const view = new View(market.world.base);
  for (let i = 0; i < DEBTS_MAX; i++) {
    const creditor = person(`creditor ${i}`);
    const debt = { debtor: person("alice").text, creditor: creditor.text, amount: "1" };
    debts.put(view, [person("alice").address, creditor.address], debt);
  }
  market.world.base.apply(view.writes());
  refused({}, payoutErrors.tooManyDebts);
});
