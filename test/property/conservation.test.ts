import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BILLIONTHS } from "#proto/amount.js";
import { useNatives } from "#node/runtime/natives.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { balanceOf, supplyOf } from "#state/modules/bank/index.js";
import { Market, type MarketOptions, type Redeemed } from "#test/unit/state/market.js";
import { person, type Person } from "#test/unit/state/world.js";

useNatives();
const SEED = 20_262;
const RUNS = 30;

/**
 * Money is conserved to the last unit, whatever people do in whatever order: channels, vouchers with and without receipts,
 * batches opened whole or sampled, openings shown or withheld, early and late settlements, claims, replaced keys. The world
 * checks every invariant of every module after every block; here the sums over all of them are added.
 */
const people = ["alice", "dave", "erin", "mallory"].map(person);
const consumers = ["grace", "heidi"].map(person);
/** Of the people, and what the validator of the test chain has bonded. */
const SUPPLY = 8_000_000_000_000n + 10_000_000n;

const TEXTS = [
  "we the people of the united states in order to form a more perfect union establish justice",
  "the state of our nation is strong because our farmers our workers and our inventors labored",
  "four score and seven years ago our fathers brought forth on this continent a new nation",
];
const ANSWERS = [
  ...TEXTS,
  `${TEXTS[0]} ${TEXTS[1]}`,
  "short",
  "words that no contributor of this chain ever wrote in any of the texts",
];

type Action =
  | { readonly kind: "open"; readonly who: number; readonly deposit: bigint }
  | {
      readonly kind: "ask";
      readonly channel: number;
      readonly fee: bigint;
      readonly answer: number;
      readonly echo: boolean;
    }
  | { readonly kind: "redeem"; readonly channel: number; readonly whole: boolean; readonly unaudited: bigint }
  | { readonly kind: "show"; readonly batch: number; readonly share: number; readonly byConsumer: boolean }
  | { readonly kind: "settle" | "close" | "withdraw" | "topUp"; readonly at: number }
  | { readonly kind: "claim"; readonly who: number }
  | { readonly kind: "replaceKey"; readonly who: number; readonly by: number }
  | { readonly kind: "wait"; readonly blocks: number; readonly ms: bigint };

const at = fc.nat({ max: 7 });
const amount = fc.oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, 100_000n));
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("open" as const), who: at, deposit: fc.bigInt(1n, 1_000_000n) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      channel: at,
      fee: amount,
      answer: at,
      echo: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("redeem" as const),
      channel: at,
      whole: fc.boolean(),
      unaudited: fc.oneof(fc.constant(0n), amount),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("show" as const),
      batch: at,
      share: fc.integer({ min: 1, max: 3 }),
      byConsumer: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("settle", "close", "withdraw", "topUp" as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("claim" as const), who: at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("replaceKey" as const), who: at, by: at }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      blocks: fc.integer({ min: 1, max: 8 }),
      ms: fc.bigInt(1n, 4_000n),
    }),
  },
);

const options: fc.Arbitrary<Partial<MarketOptions>> = fc.record({
  treasuryBasisPoints: fc.integer({ min: 0, max: 2_000 }),
  royalties: fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 3 }),
  attribution: fc.record({
    sample_max: fc.integer({ min: 1, max: 5 }),
    whole_receipts_max: fc.integer({ min: 0, max: 6 }),
    settle_work_per_block: fc.constantFrom(1, 2_000, 1_000_000),
  }),
  payout: fc.record({
    rows_per_block: fc.integer({ min: 1, max: 4 }),
    payment_min: fc.bigInt(0n, 2_000n).map(String),
    accrual_steps: fc.integer({ min: 1, max: 7 }),
    accrual_ms: fc.bigInt(0n, 9_000n).map(String),
    hold_back_ms: fc.bigInt(0n, 9_000n).map(String),
  }),
});

/** What all runs together have seen: a property over sequences in which nothing happens would hold as well. */
const seen = { whole: 0, sampled: 0, withheld: 0, credited: 0, notAudited: 0, paid: 0, royalties: 0 };

class Run {
  readonly market: Market;
  readonly channels: bigint[] = [];
  readonly redeemed: Redeemed[] = [];

  constructor(chosen: Partial<MarketOptions>) {
    const works = TEXTS.map((text, i) => ({ owner: people[i % people.length]!, text, eligible: i !== 2 }));
    this.market = new Market({ ...chosen, works: [...works, { owner: people[3]!, text: TEXTS[0]! }] });
  }

  do(step: Action): void {
    const { market: m } = this;
    const channel = (i: number): bigint | undefined => this.channels[i % Math.max(1, this.channels.length)];
    switch (step.kind) {
      case "open":
        this.channels.push(m.open(consumers[step.who % 2]!, step.deposit));
        return;
      case "ask": {
        const id = channel(step.channel);
        const text = ANSWERS[step.answer % ANSWERS.length]!;
        if (id !== undefined) m.ask(id, step.fee, text, step.echo ? text : "tell me");
        return;
      }
      case "redeem":
        return this.redeem(channel(step.channel), step.whole, step.unaudited);
      case "show":
        return this.show(step.batch, step.share, step.byConsumer);
      case "settle":
        if (this.redeemed.length > 0) m.settle(people[0]!, this.redeemed[step.at % this.redeemed.length]!.batchId);
        return;
      case "close":
      case "withdraw":
      case "topUp":
        return this.change(step.kind, channel(step.at));
      case "claim": {
        const owner = people[step.who % people.length]!;
        m.send(owner, "tributary.payout.v1.MsgClaimPayout", { owner: owner.text });
        return;
      }
      case "replaceKey":
        return this.replaceKey(people[step.who % people.length]!, people[step.by % people.length]!);
      case "wait":
        for (let i = 0; i < step.blocks; i++) m.world.block([], step.ms);
        return;
    }
  }

  redeem(id: bigint | undefined, whole: boolean, unaudited: bigint): void {
    const { market: m } = this;
    if (id === undefined) return;
    const signed = m.sign(id, whole, unaudited);
    const result = m.world.run(m.bob, [m.redeemTx(id, signed)], { gas: 20_000_000n, fee: 50_000n });
    if (result.code !== 0) return; // A fee of nothing, a deposit used up, a channel closed.
    const event = result.events.find(({ type }) => type === "usage.voucher_redeemed")!;
    const value = (key: string): bigint => BigInt(event.attributes.find((each) => each.key === key)!.value);
    this.redeemed.push({ ...signed, batchId: value("batch_id"), voucherId: value("voucher_id") });
  }

  show(batch: number, share: number, byConsumer: boolean): void {
    const { market: m } = this;
    const chosen = this.redeemed[batch % Math.max(1, this.redeemed.length)];
    if (chosen === undefined) return;
    const own = byConsumer ? [chosen] : this.redeemed.filter(({ batchId }) => batchId === chosen.batchId);
    const wanted = m.wanted(chosen.batchId, own).filter((_, i) => i % 3 < share);
    const consumer = consumers.find(({ text }) => text === this.consumerOf(chosen))!;
    m.openSample(byConsumer ? consumer : m.bob, chosen.batchId, wanted);
  }

  consumerOf({ voucher }: Redeemed): string {
    return this.market.channels.get(voucher.channelId)!.consumer.text;
  }

  change(kind: "close" | "withdraw" | "topUp", id: bigint | undefined): void {
    const { market: m } = this;
    if (id === undefined) return;
    const { consumer: who } = m.channels.get(id)!;
    const order = { consumer: who.text, channelId: id };
    if (kind === "topUp") m.send(who, "tributary.usage.v1.MsgTopUpChannel", { ...order, amount: "500" });
    else if (kind === "close") m.send(who, "tributary.usage.v1.MsgCloseChannel", order);
    else m.send(who, "tributary.usage.v1.MsgWithdrawChannel", order);
  }

  replaceKey(owner: Person, by: Person): void {
    const { market: m } = this;
    m.send(owner, "tributary.payout.v1.MsgProposeKeyChange", { owner: owner.text, newOwner: by.text });
    m.blocks(6);
    m.send(by, "tributary.payout.v1.MsgExecuteKeyChange", { signer: by.text, owner: owner.text });
  }

  /** Every unit of fees has a place, and every coin is in an account or burned. */
  check(): void {
    const { fees, ...places } = this.market.totals();
    const found = Object.values(places).reduce((sum, part) => sum + part, 0n);
    assert.equal(found, fees);
    assert.equal(supplyOf(this.market.world.base, "utrib") + places.burned, SUPPLY);
  }

  /** Long after: all is settled and paid, only what is below the minimum waits. */
  finish(): void {
    const { market: m } = this;
    for (let i = 0; i < 60; i++) m.world.block([], 2_000n);
    this.check();
    for (const { batchId } of this.redeemed) {
      const { settlement, pool, auditedPool, royalties } = m.batch(batchId);
      assert.ok(settlement !== undefined, `batch ${batchId} is not settled`);
      assert.equal(BigInt(settlement.credited) + BigInt(settlement.residual), pool * BILLIONTHS);
      seen[settlement.whole ? "whole" : "sampled"] += 1;
      if (settlement.forfeited > 0n) seen.withheld += 1;
      if (settlement.credited !== "0") seen.credited += 1;
      if (auditedPool < pool) seen.notAudited += 1;
      if (royalties > 0n) seen.royalties += 1;
    }
    const { paid, pending, residual, forfeited } = m.totals();
    if (paid > 0n) seen.paid += 1;
    const held = (name: "attribution" | "payout"): bigint => balanceOf(m.world.base, moduleAccounts[name], "utrib");
    assert.equal(held("attribution"), residual + forfeited);
    assert.equal(held("payout"), pending);
  }
}

test("money is conserved to the last unit over random sequences of what people do", () => {
  const sequence = fc.array(action, { minLength: 12, maxLength: 40 });
  fc.assert(
    fc.property(options, sequence, (chosen, steps) => {
      const run = new Run(chosen);
      run.do({ kind: "open", who: 0, deposit: 1_000_000n });
      run.do({ kind: "open", who: 1, deposit: 50_000n });
      for (const step of steps) {
        run.do(step);
        run.check();
      }
      run.finish();
    }),
    { seed: SEED, numRuns: RUNS },
  );
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 0, `no run saw: ${what}`);
});
