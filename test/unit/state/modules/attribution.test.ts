import assert from "node:assert/strict";
import { test } from "node:test";
import { BILLIONTHS } from "#proto/amount.js";
import { printText } from "#proto/attribution/fingerprint.js";
import { fingerprintAt, fingerprintCount } from "#proto/attribution/packed.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { attributionErrors } from "#state/modules/attribution/index.js";
import { balanceOf } from "#state/modules/bank/index.js";
import { useNatives } from "#node/runtime/natives.js";
import { any, CURATED, Market, ok, OPEN, opening, type MarketOptions, type Said, type Signed } from "../market.js";
import {
  alice,
  dave,
  formed,
  grace,
  heidi,
  openAndSettle,
  OTHER,
  PREAMBLE,
  refuses,
  settled,
  SPEECH,
  taken,
  two,
  units,
} from "./attribution-world.js";

useNatives();

test("a batch opened whole pays every receipt exactly", () => {
  const { m, batchId, credits, settlement } = settled({}, [PREAMBLE, SPEECH, `${SPEECH} ${OTHER} ${OTHER}`]);
  const { pool, providerShare } = m.batch(batchId);
  assert.deepEqual([pool, providerShare], [9_000n, 6_000n]);
  // Of the last answer's 54 words 20 are paid.
  const third = (3_000n * BILLIONTHS * 20n) / 54n;
  assert.deepEqual(
    credits.map(({ contributionId, owner, amount, tokens, receipts }) => [
      contributionId,
      owner,
      BigInt(amount),
      tokens,
      receipts,
    ]),
    [
      [1n, alice.text, 3_000n * BILLIONTHS, 20n, 1n],
      [2n, dave.text, 3_000n * BILLIONTHS + third, 40n, 2n],
    ],
  );
  assert.equal(BigInt(settlement.credited) + BigInt(settlement.residual), pool * BILLIONTHS);
  assert.deepEqual([settlement.drawn, settlement.opened, settlement.whole, settlement.forfeited], [3n, 3n, true, 0n]);
});

test("no permutation of records and ids credits the second committer", () => {
  for (const intents of [
    [1, 2, 3],
    [3, 1, 2],
    [2, 3, 1],
  ]) {
    const works = intents.map((intent, i) => ({ owner: [alice, dave, heidi][i]!, text: PREAMBLE, intent }));
    const { credits } = settled({ works }, [PREAMBLE]);
    assert.deepEqual(
      credits.map(({ contributionId }) => contributionId),
      [BigInt(intents.indexOf(1) + 1)],
    );
  }
});

const unpaid: readonly (readonly [
  why: keyof typeof residualReasons,
  options: Partial<MarketOptions>,
  answer: string,
  prompt?: string,
])[] = [
  ["unmatched", {}, OTHER],
  ["notEligible", { works: [{ owner: alice, text: PREAMBLE, eligible: false }] }, PREAMBLE],
  ["notEligible", { works: [{ owner: alice, text: PREAMBLE, accepted: false }] }, PREAMBLE],
  ["notEligible", { works: [{ owner: alice, text: PREAMBLE, datanet: CURATED }] }, PREAMBLE],
  ["noTokens", {}, ""],
  ["unmatched", {}, "too short"],
  ["promptEcho", {}, PREAMBLE, PREAMBLE],
  ["common", { common: commonOf(PREAMBLE) }, PREAMBLE],
  ["unmatched", { works: [{ owner: alice, text: PREAMBLE, completeHeight: 6n }] }, PREAMBLE],
];
for (const [i, [why, options, answer, prompt]] of unpaid.entries()) {
  test(`case ${i}: ${why} is not paid and is the residual of the version`, () => {
    const m = new Market({ ...two, ...options });
    const channel = m.open(grace, 100_000n);
    m.ask(channel, 10_000n, answer, prompt);
    const redeemed = m.redeem(channel, m.sign(channel, true));
    m.endEpoch();
    openAndSettle(m, redeemed);
    assert.deepEqual(m.credits(redeemed.batchId), []);
    assert.deepEqual(m.residual(redeemed.batchId), { [residualReasons[why]]: 3_000n * BILLIONTHS });
    assert.equal(balanceOf(m.world.base, moduleAccounts.attribution, "utrib"), 3_000n);
    m.blocks(8);
    assert.deepEqual(m.statement(alice).lines, [], "who is not paid has no row");
  });
}

function commonOf(text: string): bigint[] {
  const { fingerprints } = ok(printText(text));
  return Array.from({ length: fingerprintCount(fingerprints) }, (_, i) => fingerprintAt(fingerprints, i));
}

const byContext: readonly (readonly [what: string, datanet: bigint, said: Said, isPaid: boolean])[] = [
  ["added text of a named datanet", CURATED, { added: [PREAMBLE], datanets: [CURATED] }, true],
  [
    "marked text of a named datanet",
    CURATED,
    { texts: [{ kind: "marked", text: PREAMBLE }], datanets: [CURATED] },
    true,
  ],
  ["added text of a datanet that nobody named", CURATED, { added: [PREAMBLE] }, false],
  ["added text of an open datanet", OPEN, { added: [PREAMBLE], datanets: [OPEN] }, false],
  [
    "text under a mark that names the open datanet",
    OPEN,
    { texts: [{ kind: "marked", text: PREAMBLE, datanet: OPEN }], datanets: [OPEN] },
    true,
  ],
  [
    "the user's own text that is marked as well",
    CURATED,
    {
      texts: [
        { kind: "own", text: PREAMBLE },
        { kind: "marked", text: PREAMBLE },
      ],
      datanets: [CURATED],
    },
    false,
  ],
  [
    "a request of a block before the acceptance",
    CURATED,
    { added: [PREAMBLE], datanets: [CURATED], height: 1n },
    false,
  ],
];
for (const [what, datanet, said, isPaid] of byContext) {
  test(`context: ${what} is ${isPaid ? "paid" : "not paid"}`, () => {
    const m = new Market({ works: [{ owner: alice, text: PREAMBLE, datanet }] });
    const channel = m.open(grace, 1_000_000n);
    m.blocks(1);
    m.ask(channel, 10_000n, PREAMBLE, "tell me", said);
    const redeemed = m.redeem(channel, m.sign(channel, true));
    m.endEpoch();
    openAndSettle(m, redeemed);
    const amounts = m.credits(redeemed.batchId).map(({ amount }) => amount);
    assert.deepEqual(amounts, isPaid ? [units(3_000)] : []);
  });
}

test("a contribution that is withdrawn after the batch was formed is still paid for it, and for no later one", () => {
  const { m, redeemed, batchId } = formed({}, [PREAMBLE]);
  const withdrawal = { owner: alice.text, contributionId: 1n };
  taken(m.send(alice, "tributary.datanet.v1.MsgWithdrawConsent", withdrawal));
  const channel = m.open(grace, 100_000n);
  m.ask(channel, 10_000n, PREAMBLE);
  const later = m.redeem(channel, m.sign(channel, true));
  openAndSettle(m, redeemed);
  assert.equal(m.credits(batchId)[0]?.amount, units(3_000));
  m.endEpoch();
  openAndSettle(m, later);
  assert.deepEqual(m.credits(later.batchId), []);
});

test("what was paid without a receipt is residual, and named so; its provider's share is no provider's", () => {
  const m = new Market(two);
  const channel = m.open(grace, 1_000_000n);
  m.ask(channel, 10_000n, PREAMBLE);
  const { batchId } = m.redeem(channel, m.sign(channel, true, 10_000n));
  m.endEpoch();
  m.blocks(10);
  const { auditSum, pool, providerShare } = m.batch(batchId);
  assert.deepEqual([auditSum, pool, providerShare], [10_000n, 8_000n, 2_000n]);
  assert.deepEqual(m.residual(batchId), {
    [residualReasons.withheld]: 3_000n * BILLIONTHS,
    [residualReasons.notAudited]: 5_000n * BILLIONTHS,
  });
});

test("a batch in which nothing was audited pays the provider nothing, and forfeits nothing", () => {
  const m = new Market(two);
  const channel = m.open(grace, 1_000_000n);
  const { batchId } = m.redeem(channel, m.sign(channel, true, 10_000n));
  m.endEpoch();
  m.blocks(1);
  taken(m.settle(heidi, batchId));
  const { settlement, pool, providerShare } = m.batch(batchId);
  assert.deepEqual([pool, providerShare, settlement!.forfeited, settlement!.drawn], [5_000n, 0n, 0n, 0n]);
  assert.deepEqual(m.residual(batchId), { [residualReasons.notAudited]: 5_000n * BILLIONTHS });
});

test("one voucher without openAll makes a batch a sampled one, and so do too many receipts", () => {
  const m = new Market({ ...two, attribution: { whole_receipts_max: 3 } });
  const [first, second] = [m.open(grace, 1_000_000n), m.open(heidi, 1_000_000n)];
  m.ask(first, 100n, PREAMBLE);
  m.ask(second, 100n, SPEECH);
  const { batchId } = m.redeem(first, m.sign(first, true));
  assert.equal(m.batch(batchId).samplingVouchers, 0);
  m.redeem(second, m.sign(second, false));
  assert.equal(m.batch(batchId).samplingVouchers, 1);
  m.ask(first, 100n, PREAMBLE);
  m.redeem(first, m.sign(first, true));
  assert.equal(m.batch(batchId).samplingVouchers, 1);
  m.endEpoch();
  assert.equal(m.sample(batchId).whole, false);
  for (let i = 0; i < 4; i++) m.ask(first, 100n, PREAMBLE);
  const next = m.redeem(first, m.sign(first, true));
  m.endEpoch();
  m.blocks(1);
  assert.equal(m.batch(next.batchId).samplingVouchers, 0);
  assert.equal(m.sample(next.batchId).whole, false);
  assert.equal(m.sample(next.batchId).points.length, 1);
});

test("a withheld opening costs the provider its part of its share, and pays no contributor", () => {
  const { m, redeemed, batchId } = formed({}, [PREAMBLE, SPEECH]);
  m.openSample(m.bob, batchId, [opening(redeemed, 0)]);
  m.blocks(12);
  const { settlement, providerShare } = m.batch(batchId);
  assert.equal(providerShare, 4_000n);
  assert.deepEqual([settlement!.drawn, settlement!.opened, settlement!.forfeited], [2n, 1n, 2_000n]);
  assert.deepEqual(m.residual(batchId), { [residualReasons.withheld]: 3_000n * BILLIONTHS });
  assert.equal(m.totals().forfeited, 2_000n);
});

test("a full batch takes no voucher; the next epoch does", () => {
  const m = new Market({ ...two, attribution: { batch_vouchers_max: 1 } });
  const [channel, other] = [m.open(grace, 1_000_000n), m.open(heidi, 1_000_000n)];
  const sell = (id: bigint): Signed => {
    m.ask(id, 100n, PREAMBLE);
    return m.sign(id, true);
  };
  m.redeem(channel, sell(channel));
  const signed = sell(other);
  refuses(m.world.run(m.bob, [m.redeemTx(other, signed)]), attributionErrors.batchFull, "vouchers");
  assert.equal(m.redeem(channel, sell(channel)).batchId, 1n, "a further voucher of a channel takes no place");
  m.endEpoch();
  assert.equal(m.redeem(other, signed).batchId, 2n);
});

test("the attested route refuses until it is active", () => {
  const m = new Market(two);
  const attestor = alice.text;
  for (const order of [
    any("tributary.attribution.v1.MsgRegisterAttestor", { attestor, bond: "5" }),
    any("tributary.attribution.v1.MsgCommitScores", { attestor, roundId: 1n, commitment: new Uint8Array(32) }),
    any("tributary.attribution.v1.MsgRevealScores", {
      ...{ attestor, roundId: 1n, items: [1n], scores: [5], salt: new Uint8Array(32) },
    }),
  ]) {
    refuses(m.world.run(alice, [order]), attributionErrors.attestationInactive, "not active");
  }
});
