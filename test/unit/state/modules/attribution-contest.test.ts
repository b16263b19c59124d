import assert from "node:assert/strict";
import { test } from "node:test";
import { present } from "#proto/assert.js";
import { BILLIONTHS } from "#proto/amount.js";
import type { Messages } from "#proto/codec/message.js";
import { contributionOf } from "#state/modules/datanet/index.js";
import { payTotals } from "#state/modules/payout/accounts.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { useNatives } from "#node/runtime/natives.js";
import { CURATED, Market, type MarketOptions } from "../market.js";
import { person, type Person } from "../world.js";
import {
  alice,
  dave,
  grace,
  heidi,
  openAndSettle,
  OTHER,
  PREAMBLE,
  SPEECH,
  taken,
  units,
} from "./attribution-world.js";

useNatives();
const erin = person("erin");
const DEPOSIT = 100_000n;

/** Heidi recorded first, in an unlicensed datanet. Alice's later copy is licensed. Dave's text has no contester. */
const squatted: MarketOptions = {
  works: [
    { owner: heidi, text: PREAMBLE, datanet: CURATED, deposit: DEPOSIT },
    { owner: alice, text: PREAMBLE },
    { owner: dave, text: SPEECH },
  ],
  datanet: { proof_blocks: "4" },
};

const market = (options: Partial<MarketOptions> = {}): { m: Market; channel: bigint } => {
  const m = new Market({ ...squatted, ...options });
  return { m, channel: m.open(grace, 1_000_000n) };
};

/** One batch of these answers, each of a fee of 10,000 and a pool of 3,000. */
function sell(m: Market, channel: bigint, ...answers: readonly string[]): bigint {
  for (const answer of answers) m.ask(channel, 10_000n, answer);
  const redeemed = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  openAndSettle(m, redeemed);
  return redeemed.batchId;
}

const pairsOf = (m: Market, contributionId: bigint, asSenior: boolean): Messages["tributary.payout.v1.Pair"][] =>
  m.query<"tributary.payout.v1.QueryPairsResponse">("tributary.payout.v1", "Pairs", {
    contributionId,
    asSenior,
    pagination: undefined,
  }).pairs;
const contestsOf = (m: Market, batchId: bigint): Messages["tributary.attribution.v1.Contest"][] =>
  m.query<"tributary.attribution.v1.QueryContestsResponse">("tributary.attribution.v1", "Contests", {
    batchId,
    pagination: undefined,
  }).contests;
const usesOf = (m: Market, contributionId: bigint): Messages["tributary.attribution.v1.Use"][] =>
  m.query<"tributary.attribution.v1.QueryUsesResponse">("tributary.attribution.v1", "Uses", {
    contributionId,
    pagination: undefined,
  }).uses;
const withdraw = (m: Market, owner: Person, contributionId: bigint): void =>
  taken(m.send(owner, "tributary.datanet.v1.MsgWithdrawConsent", { owner: owner.text, contributionId }));
const replaceKey = (m: Market, owner: Person, by: Person): void => {
  taken(m.send(owner, "tributary.payout.v1.MsgProposeKeyChange", { owner: owner.text, newOwner: by.text }));
  m.blocks(6);
  taken(m.send(by, "tributary.payout.v1.MsgExecuteKeyChange", { owner: owner.text, signer: by.text }));
};

test("contested credit is kept by its pair: it counts, under both names, and never matures", () => {
  const { m, channel } = market();
  const before = [heidi, alice, dave].map((who) => m.world.balance(who));
  const batchId = sell(m, channel, PREAMBLE, `${PREAMBLE} ${SPEECH}`);
  // Of the second answer half is dave's, and the windows across the seam nobody's.
  assert.deepEqual(
    m.credits(batchId).map(({ contributionId, amount, contested }) => [contributionId, amount, contested]),
    [
      [2n, units(4_500), units(4_500)],
      [3n, units(1_500), "0"],
    ],
  );
  assert.deepEqual(contestsOf(m, batchId), [{ batchId, contributionId: 2n, seniorId: 1n, amount: units(4_500) }]);
  assert.equal(m.batch(batchId).settlement?.contested, units(4_500));
  m.blocks(60);
  const earned = [heidi, alice, dave].map((who, i) => m.world.balance(who) - before[i]!);
  assert.deepEqual(earned, [-225_000n, 0n, 1_500n], "heidi paid for the order to settle");
  assert.deepEqual(m.statement(alice).lines, []);

  const again = sell(m, channel, PREAMBLE);
  const [pair] = pairsOf(m, 2n, false);
  assert.deepEqual([pair?.seniorId, pair?.contributionId, pair?.amount, pair?.batches], [1n, 2n, units(7_500), 2n]);
  assert.equal(pair?.sinceTime, m.batch(batchId).settlement?.time);
  assert.deepEqual(pairsOf(m, 1n, true), [pair]);
  assert.ok(again > batchId);
  const { contested, booked } = payTotals(m.world.base);
  assert.equal(contested, units(7_500));
  assert.ok(BigInt(booked) < 7_500n * BILLIONTHS + BigInt(units(30_000)));
  assert.equal(contributionOf(m.world.base, 1n)?.contests, 1);
});

test("a senior's deposit stays locked after withdrawal and proof expiry while what it contests waits", () => {
  const { m, channel } = market();
  sell(m, channel, PREAMBLE);
  const before = m.world.balance(heidi);
  withdraw(m, heidi, 1n);
  m.blocks(10);
  const kept = present(contributionOf(m.world.base, 1n), "it stays on record");
  assert.deepEqual([kept.deposit, kept.contests], [DEPOSIT.toString(), 1]);
  assert.equal(m.world.balance(heidi), before - 50_000n);

  // Without a contest it returns.
  const idle = market().m;
  const start = idle.world.balance(heidi);
  withdraw(idle, heidi, 1n);
  idle.blocks(10);
  assert.equal(contributionOf(idle.world.base, 1n)?.deposit, "0");
  assert.equal(idle.world.balance(heidi), start - 50_000n + DEPOSIT);
});

test("a senior that withdraws stands against what was formed before, and against nothing new", () => {
  const { m, channel } = market({ attribution: { window_blocks: "20" } });
  m.ask(channel, 10_000n, PREAMBLE);
  const formed = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  withdraw(m, heidi, 1n);
  m.blocks(6); // Its proofs have expired, and nothing was contested yet.
  assert.equal(contributionOf(m.world.base, 1n)?.deposit, "0");
  taken(m.openSample(m.bob, formed.batchId, m.wanted(formed.batchId, [formed])));
  taken(m.settle(grace, formed.batchId));
  assert.equal(m.credits(formed.batchId)[0]?.contested, units(3_000));
  assert.equal(m.credits(sell(m, channel, PREAMBLE))[0]?.contested, "0");
});

test("who withdraws after the batch was formed keeps its place in it, behind an unlicensed senior too", () => {
  const { m, channel } = market();
  m.ask(channel, 10_000n, PREAMBLE);
  const formed = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  withdraw(m, alice, 2n);
  openAndSettle(m, formed);
  const [credit] = m.credits(formed.batchId);
  assert.deepEqual([credit?.contributionId, credit?.contested], [2n, units(3_000)]);
});

test("keys that were replaced are one owner, as of the height at which the batch was formed", () => {
  const contested = (when: "before" | "after" | "never", by: Person): string | undefined => {
    const { m, channel } = market({ attribution: { window_blocks: "20" } });
    if (when === "before") replaceKey(m, alice, by);
    m.ask(channel, 10_000n, PREAMBLE);
    const redeemed = m.redeem(channel, m.sign(channel, true));
    m.endEpoch();
    if (when === "after") replaceKey(m, alice, by);
    openAndSettle(m, redeemed);
    return m.credits(redeemed.batchId)[0]?.contested;
  };
  assert.equal(contested("never", heidi), units(3_000));
  assert.equal(contested("before", heidi), "0", "alice's pay follows heidi's key: one owner");
  assert.equal(contested("after", heidi), units(3_000), "too late for this batch");
  assert.equal(contested("before", erin), units(3_000), "another key");
});

test("a key that is replaced in the block that forms the batch is replaced for it", () => {
  const { m, channel } = market();
  taken(m.send(alice, "tributary.payout.v1.MsgProposeKeyChange", { owner: alice.text, newOwner: heidi.text }));
  while (m.world.height < 8n) m.blocks(1);
  m.ask(channel, 10_000n, PREAMBLE);
  const redeemed = m.redeem(channel, m.sign(channel, true));
  const order = { owner: alice.text, signer: heidi.text };
  taken(m.send(heidi, "tributary.payout.v1.MsgExecuteKeyChange", order));
  assert.equal(m.batch(redeemed.batchId).formedHeight, m.world.height);
  openAndSettle(m, redeemed);
  assert.equal(m.credits(redeemed.batchId)[0]?.contested, "0");
});

test("what only unlicensed texts hold is a use on record, by first committer, batch and voucher", () => {
  const works = [...squatted.works, { owner: erin, text: OTHER, datanet: CURATED, deposit: DEPOSIT }];
  const { m, channel } = market({ works });
  const second = m.open(heidi, 1_000_000n);
  for (const answer of [OTHER, `${OTHER} ${SPEECH}`, SPEECH]) m.ask(channel, 10_000n, answer);
  m.ask(second, 10_000n, OTHER);
  const sold = [m.redeem(channel, m.sign(channel, true)), m.redeem(second, m.sign(second, true))];
  m.endEpoch();
  const { batchId } = sold[0]!;
  taken(m.openSample(m.bob, batchId, m.wanted(batchId, sold)));
  taken(m.settle(grace, batchId));
  const count = BigInt(OTHER.split(" ").length);
  assert.deepEqual(usesOf(m, 4n), [
    { contributionId: 4n, batchId, voucherId: sold[0]!.voucherId, receipts: 2n, tokens: 2n * count },
    { contributionId: 4n, batchId, voucherId: sold[1]!.voucherId, receipts: 1n, tokens: count },
  ]);
  assert.ok(m.residual(batchId)[residualReasons.notEligible]! > 0n);
  assert.ok(m.credits(batchId).every(({ contributionId }) => contributionId !== 4n));
  m.blocks(10);
  assert.deepEqual(m.statement(erin).lines, [], "a use is no pay");
  assert.equal(contributionOf(m.world.base, 4n)?.contests, 0, "and no contest");
});
