import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BILLIONTHS } from "#proto/amount.js";
import { payKinds } from "#proto/attribution/pay.js";
import { useNatives } from "#node/runtime/natives.js";
import { isRejection } from "#proto/rejection.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { batches, contests, credits, progress, residuals, settling, uses } from "#state/modules/attribution/keys.js";
import { entries } from "#state/modules/payout/keys.js";
import { balanceOf, supplyOf } from "#state/modules/bank/index.js";
import {
  any,
  CURATED,
  Market,
  OPEN,
  partsOf,
  priced,
  type MarketOptions,
  type Redeemed,
  type Said,
  type Signed,
} from "#test/unit/state/market.js";
import { rule } from "#test/unit/state/rulings.js";
import { person, type Person } from "#test/unit/state/world.js";

useNatives();
const SEED = Number(process.env["TRIBUTARY_SEED"] ?? 3);
/** `npm run verify -- pay` has at least 20,000 uses; the slice has some hundred. */
const RUNS = Number(process.env["TRIBUTARY_RUNS"] ?? 14);

/**
 * Money is conserved to the billionth, whatever people do in whatever order: channels, vouchers with and without receipts,
 * old vouchers and new ones, redeemed by the provider or by others, batches opened whole or sampled, openings shown, shown in part, spoilt or withheld, early and late settlements in steps of
 * any size, contested credit, rulings, withdrawn contributions, stages, claims, replaced keys, nodes that start anew. The world checks
 * every invariant of every module after every block; here the sums over all of them are added.
 */
const people = ["alice", "dave", "erin", "mallory"].map(person);
const consumers = ["grace", "heidi"].map(person);
const [alice, dave, erin, mallory] = people as [Person, Person, Person, Person];
const DEPOSIT = 100_000n;
/** Kind of an entry of payout. */
const CONTRIBUTION = payKinds.contribution;
/** Of the people, what the validator of the test chain has bonded, and deposits of contributions. */
const SUPPLY = 8_000_000_000_000n + 10_000_000n + 2n * DEPOSIT;

const TEXTS = [
  "we the people of the united states in order to form a more perfect union establish justice",
  "the state of our nation is strong because our farmers our workers and our inventors labored",
  "four score and seven years ago our fathers brought forth on this continent a new nation",
  "it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness",
  "call me by my name some years ago never mind how long precisely having little or no money in my purse",
];
const WORKS: MarketOptions["works"] = [
  { owner: mallory, text: TEXTS[0]!, datanet: CURATED, deposit: DEPOSIT }, // First, and not licensed.
  { owner: alice, text: TEXTS[0]! },
  { owner: dave, text: TEXTS[1]! },
  { owner: erin, text: TEXTS[2]!, eligible: false },
  { owner: mallory, text: `${TEXTS[1]!} ${TEXTS[2]!}` },
  { owner: erin, text: TEXTS[3]!, datanet: CURATED, deposit: DEPOSIT },
  { owner: dave, text: TEXTS[4]!, datanet: OPEN },
];
const ANSWERS = [
  ...TEXTS,
  `${TEXTS[0]!} ${TEXTS[1]!}`,
  "short",
  "words that no contributor of this chain ever wrote in any of the texts",
  `${TEXTS[3]!.slice(0, 40)} and ${TEXTS[0]!.slice(30)}`,
  `${TEXTS[2]!} ${TEXTS[2]!}`,
];

interface Ask {
  readonly kind: "ask";
  readonly channel: number;
  readonly fee: bigint;
  readonly answer: number;
  readonly said: number;
  readonly times: number;
}
interface Redeem {
  readonly kind: "redeem";
  /**
   * The last voucher, one that was signed before it, or both; or one over other fees than were agreed. By the provider or a
   * watchtower.
   */
  readonly which: "last" | "earlier" | "both" | "forked";
  readonly byTower: boolean;
  readonly channel: number;
  readonly whole: boolean;
  readonly unaudited: bigint;
}
interface Show {
  readonly kind: "show";
  readonly batch: number;
  readonly share: number;
  readonly byConsumer: boolean;
  readonly how: "whole" | "inParts" | "begun" | "spoilt";
}
/** On what a contribution earned lately. */
interface Ruling {
  readonly kind: "correct";
  readonly at: number;
  readonly to: number;
  readonly share: number;
}
type Action =
  | Ask
  | Redeem
  | Show
  /** All three, each in its time: for openings that come at random mostly come too late. */
  | {
      readonly kind: "deal";
      readonly ask: Ask;
      readonly redeem: Redeem;
      readonly show: Show;
      readonly settles: boolean;
      readonly ruling: Ruling | undefined;
    }
  | { readonly kind: "open"; readonly who: number; readonly deposit: bigint }
  | {
      readonly kind: "settle" | "close" | "closeAtOnce" | "withdraw" | "topUp" | "withdrawConsent" | "setStage";
      readonly at: number;
    }
  | { readonly kind: "claim"; readonly who: number }
  | { readonly kind: "replaceKey"; readonly who: number; readonly by: number }
  | Ruling
  | { readonly kind: "restart" }
  | { readonly kind: "wait"; readonly blocks: number; readonly ms: bigint };

const at = fc.nat({ max: 9 });
const amount = fc.oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, 100_000n));
const ask: fc.Arbitrary<Ask> = fc.record({
  kind: fc.constant("ask"),
  channel: at,
  fee: amount,
  answer: at,
  said: at,
  times: fc.integer({ min: 1, max: 12 }),
});
const redeem: fc.Arbitrary<Redeem> = fc.record({
  kind: fc.constant("redeem"),
  which: fc.constantFrom("last", "last", "earlier", "both", "forked"),
  byTower: fc.boolean(),
  channel: at,
  whole: fc.boolean(),
  unaudited: fc.oneof(fc.constant(0n), amount),
});
const show: fc.Arbitrary<Show> = fc.record({
  kind: fc.constant("show"),
  batch: at,
  share: fc.integer({ min: 1, max: 3 }),
  byConsumer: fc.boolean(),
  how: fc.constantFrom("whole", "whole", "inParts", "begun", "spoilt"),
});
const ruling: fc.Arbitrary<Ruling> = fc.record({
  kind: fc.constant("correct"),
  at,
  to: at,
  share: fc.integer({ min: 1, max: 10_000 }),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("deal"),
      ask,
      redeem,
      show,
      settles: fc.boolean(),
      ruling: fc.option(ruling, { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: ask },
  { weight: 2, arbitrary: redeem },
  { weight: 2, arbitrary: show },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("open"), who: at, deposit: fc.bigInt(1n, 1_000_000n) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("settle", "close", "closeAtOnce", "withdraw", "topUp"), at }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("withdrawConsent", "setStage"), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("claim"), who: at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("replaceKey"), who: at, by: at }) },
  { weight: 1, arbitrary: ruling },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("wait"),
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
    whole_receipts_max: fc.integer({ min: 0, max: 40 }),
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
const seen = {
  ...{ uses: 0, whole: 0, sampled: 0, withheld: 0, credited: 0, contested: 0, unlicensed: 0, notAudited: 0, paid: 0 },
  ...{ royalties: 0, inParts: 0, begun: 0, spoilt: 0, withdrawn: 0, stages: 0, keys: 0, inSteps: 0, closed: 0 },
  ...{ moved: 0, debts: 0, closedAtOnce: 0, earlier: 0, grown: 0, byTower: 0, forked: 0 },
};

class Run {
  readonly market: Market;
  readonly channels: bigint[] = [];
  /** The newest of each channel and batch. */
  readonly redeemed: Redeemed[] = [];
  /** The last voucher that each consumer has signed. */
  readonly held = new Map<bigint, Signed>();

  constructor(chosen: Partial<MarketOptions>) {
    this.market = new Market({ ...chosen, works: WORKS });
  }

  do(step: Action): void {
    const { market: m } = this;
    const channel = (i: number): bigint | undefined => this.channels[i % Math.max(1, this.channels.length)];
    switch (step.kind) {
      case "open":
        return this.open(step.who, step.deposit);
      case "ask":
        return this.ask(channel(step.channel), step);
      case "redeem":
        return this.redeem(channel(step.channel), step);
      case "deal":
        this.ask(channel(step.ask.channel), step.ask);
        this.redeem(channel(step.ask.channel), step.redeem);
        m.endEpoch();
        m.blocks(1);
        this.show({ ...step.show, batch: this.redeemed.length - 1 });
        if (step.settles) m.settle(alice, this.redeemed.at(-1)?.batchId ?? 0n);
        if (step.ruling !== undefined) this.correct(step.ruling);
        return;
      case "show":
        return this.show(step);
      case "settle":
        if (this.redeemed.length > 0) m.settle(people[0]!, this.redeemed[step.at % this.redeemed.length]!.batchId);
        return;
      case "close":
      case "closeAtOnce":
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
      case "withdrawConsent": {
        const contributionId = BigInt(1 + (step.at % WORKS.length));
        const { owner } = WORKS[Number(contributionId) - 1]!;
        const result = m.send(owner, "tributary.datanet.v1.MsgWithdrawConsent", { owner: owner.text, contributionId });
        if (result.code === 0) seen.withdrawn += 1;
        return;
      }
      case "setStage": {
        const order = { owner: m.bob.text, versionId: 1n, stage: 2 + (step.at % 3) };
        if (m.send(m.bob, "tributary.model.v1.MsgSetStage", order).code === 0) seen.stages += 1;
        return;
      }
      case "correct":
        return this.correct(step);
      case "restart":
        return m.world.restartIndex();
      case "wait":
        for (let i = 0; i < step.blocks; i++) m.world.block([], step.ms);
        return;
    }
  }

  redeem(id: bigint | undefined, { which, whole, unaudited, byTower }: Redeem): void {
    const { market: m } = this;
    if (id === undefined) return;
    const earlier = this.held.get(id);
    const last = m.sign(id, whole, unaudited);
    this.held.set(id, last);
    if (which === "forked") {
      if (this.take(id, this.fork(id, last), byTower)) seen.forked += 1;
      return;
    }
    if (which !== "last" && earlier !== undefined && this.take(id, earlier, byTower)) seen.earlier += 1;
    if (which !== "earlier") this.take(id, last, byTower);
  }

  /** The same sum over the same receipts, each with the fee of the next: the tree that was redeemed before is rewritten. */
  fork(id: bigint, { sold, voucher: { nonce, amount, openAll } }: Signed): Signed {
    const fees = sold.map(({ receipt: { fee } }) => fee);
    const other = sold.map((issued, i) => priced(issued, fees[(i + 1) % fees.length]!));
    return this.market.signOver(id, other, { nonce, amount, openAll });
  }

  /** @returns whether the chain took it: not a fee of nothing, a deposit used up, an old voucher, a channel closed */
  take(id: bigint, signed: Signed, byTower: boolean): boolean {
    const { market: m } = this;
    const by = byTower ? dave : m.bob;
    const result = m.world.run(by, [m.redeemTx(id, signed, by)], { gas: 20_000_000n, fee: 50_000n });
    if (result.code !== 0) return false;
    if (byTower) seen.byTower += 1;
    const event = result.events.find(({ type }) => type === "usage.voucher_redeemed")!;
    const value = (key: string): bigint => BigInt(event.attributes.find((each) => each.key === key)!.value);
    const redeemed = { ...signed, batchId: value("batch_id"), voucherId: value("voucher_id") };
    const known = this.redeemed.findIndex(({ voucherId }) => voucherId === redeemed.voucherId);
    if (known >= 0) {
      this.redeemed.splice(known, 1);
      seen.grown += 1;
    }
    this.redeemed.push(redeemed);
    return true;
  }

  /** Refused while the version's stage takes no channels. */
  open(who: number, deposit: bigint): void {
    const { market: m } = this;
    const [consumer, versionId] = [consumers[who % 2]!, 1n];
    const order = { consumer: consumer.text, provider: m.bob.text, versionId, deposit: deposit.toString() };
    const tx = m.world.tx(consumer, [any("tributary.usage.v1.MsgOpenChannel", order)], {
      gas: 9_000_000n,
      fee: 50_000n,
    });
    const [result] = m.world.block([tx]).results;
    if (result?.code === 0) this.channels.push(m.opened(result, consumer, m.bob));
  }

  ask(id: bigint | undefined, { fee, answer, said, times }: Ask): void {
    const { market: m } = this;
    if (id === undefined) return;
    const text = ANSWERS[answer % ANSWERS.length]!;
    const ways: readonly (readonly [prompt: string, said: Said])[] = [
      ["tell me", {}],
      [text, {}],
      ["tell me", { added: [text, "and this"], datanets: [CURATED] }],
      ["tell me", { texts: [{ kind: "marked", text, datanet: OPEN }], datanets: [CURATED, OPEN] }],
      ["tell me", { texts: [{ kind: "answered", text }], added: [TEXTS[3]!] }],
    ];
    const [prompt, how] = ways[said % ways.length]!;
    for (let i = 0; i < times; i++) m.ask(id, fee + BigInt(i), text, prompt, how);
    seen.uses += times;
  }

  show({ batch, share, byConsumer, how }: Show): void {
    const { market: m } = this;
    const chosen = this.redeemed[batch % Math.max(1, this.redeemed.length)];
    if (chosen === undefined) return;
    const own = byConsumer ? [chosen] : this.redeemed.filter(({ batchId }) => batchId === chosen.batchId);
    const wanted = m.wanted(chosen.batchId, own).filter((_, i) => i % 3 < share);
    const consumer = consumers.find(({ text }) => text === this.consumerOf(chosen))!;
    const who = byConsumer ? consumer : m.bob;
    if (how === "whole") {
      m.openSample(who, chosen.batchId, wanted);
      return;
    }
    for (const { voucherId, index } of wanted.slice(0, 2)) {
      const from = own.find((each) => each.voucherId === voucherId)!;
      const parts = partsOf(from, Number(index), 1);
      const [first] = parts;
      if (how === "begun") parts.splice(1);
      if (how === "spoilt") {
        parts.splice(0, 1, { ...first!, pieces: first!.pieces.map((piece) => piece.map((byte) => byte ^ 4)) });
      }
      for (const part of parts) if (m.openSample(who, chosen.batchId, [part]).code === 0) seen[how] += 1;
    }
  }

  consumerOf({ voucher }: Redeemed): string {
    return this.market.channels.get(voucher.channelId)!.consumer.text;
  }

  change(kind: "close" | "closeAtOnce" | "withdraw" | "topUp", id: bigint | undefined): void {
    const { market: m } = this;
    if (id === undefined) return;
    const { consumer: who } = m.channels.get(id)!;
    const order = { consumer: who.text, channelId: id };
    if (kind === "topUp") m.send(who, "tributary.usage.v1.MsgTopUpChannel", { ...order, amount: "500" });
    else if (kind === "close" || kind === "closeAtOnce") {
      const signer = kind === "close" ? who : m.bob;
      const close = { signer: signer.text, channelId: id };
      const { code } = m.send(signer, "tributary.usage.v1.MsgCloseChannel", close);
      if (code === 0) seen[kind === "close" ? "closed" : "closedAtOnce"] += 1;
    } else m.send(who, "tributary.usage.v1.MsgWithdrawChannel", order);
  }

  /** A ruling between two blocks on what one contribution earned, of a batch of which all is booked; mostly a late one. */
  correct({ at: place, to, share }: Ruling): void {
    const { market: m } = this;
    const earned = [...entries.range(m.world.base)].map(([key]) => key).filter(([, kind]) => kind === CONTRIBUTION);
    const [batchId, , from] = earned[earned.length - 1 - (place % Math.max(1, earned.length))] ?? [0n, 0, 0n];
    m.blocks(1); // Whether it rules or not, so that the blocks of a run do not depend on the size of its steps.
    if (batchId === 0n || progress.has(m.world.base, [batchId])) return;
    const done = rule(m, { batchId, from, to: BigInt(1 + (to % WORKS.length)), basisPoints: BigInt(share) });
    if (isRejection(done)) return;
    if (done.moved > 0n) seen.moved += 1;
    if (done.debt > 0n) seen.debts += 1;
  }

  replaceKey(owner: Person, by: Person): void {
    const { market: m } = this;
    m.send(owner, "tributary.payout.v1.MsgProposeKeyChange", { owner: owner.text, newOwner: by.text });
    m.blocks(6);
    const order = { signer: by.text, owner: owner.text };
    if (m.send(by, "tributary.payout.v1.MsgExecuteKeyChange", order).code === 0) seen.keys += 1;
  }

  /** Every unit of fees has a place, and every coin is in an account or burned. */
  check(): void {
    if ([...progress.range(this.market.world.base)].length > 0) seen.inSteps += 1;
    const { fees, ...places } = this.market.totals();
    const found = Object.values(places).reduce((sum, part) => sum + part, 0n);
    assert.equal(found, fees);
    assert.equal(supplyOf(this.market.world.base, "utrib") + places.burned, SUPPLY);
  }

  /** Long after: all is settled and paid, only what is below the minimum waits. */
  finish(): void {
    const { market: m } = this;
    m.world.invariantsEvery = 10n;
    for (let i = 0; i < 20; i++) m.world.block([], 2_000n);
    for (let i = 0; i < 400 && [...settling.range(m.world.base)].length > 0; i++) m.world.block([], 2_000n);
    for (let i = 0; i < 40; i++) m.world.block([], 2_000n);
    m.world.invariantsEvery = 1n;
    m.world.block();
    this.check();
    for (const { batchId } of this.redeemed) {
      const { settlement, pool, auditSum, fees, royalties } = m.batch(batchId);
      assert.ok(settlement !== undefined, `batch ${batchId} is not settled`);
      assert.equal(BigInt(settlement.credited) + BigInt(settlement.residual), pool * BILLIONTHS);
      seen[settlement.whole ? "whole" : "sampled"] += 1;
      if (settlement.forfeited > 0n) seen.withheld += 1;
      if (settlement.credited !== "0") seen.credited += 1;
      if (settlement.contested !== "0") seen.contested += 1;
      if (auditSum < fees) seen.notAudited += 1;
      if (royalties > 0n) seen.royalties += 1;
    }
    seen.unlicensed += [...uses.range(m.world.base)].length;
    const { paid, pending, residual, forfeited } = m.totals();
    if (paid > 0n) seen.paid += 1;
    const held = (name: "attribution" | "payout"): bigint => balanceOf(m.world.base, moduleAccounts[name], "utrib");
    assert.equal(held("attribution"), residual + forfeited);
    assert.equal(held("payout"), pending);
  }
}

test("money is conserved to the billionth over random sequences of what people do", () => {
  const sequence = fc.array(action, { minLength: 12, maxLength: 24 });
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
  if (RUNS >= 420) assert.ok(seen.uses >= 20_000, `${seen.uses} uses`);
});

/** What batches were settled to, without the blocks in which it happened. */
function settledTo({ world: { base } }: Market): unknown {
  const list = <V>(table: { range(view: typeof base): Iterable<readonly [unknown, V]> }): V[] =>
    [...table.range(base)].map(([, row]) => row);
  return {
    batches: list(batches).map(({ settlement, ...batch }) => ({
      ...batch,
      settlement: { ...settlement, height: 0n, time: 0n },
    })),
    rows: [list(credits), list(contests), list(uses), list(residuals)],
  };
}

test("a batch is settled to the same in steps and at once, whatever happens between formation, steps and booking", () => {
  const sequence = fc.array(action, { minLength: 12, maxLength: 20 });
  let steps = 0;
  fc.assert(
    fc.property(options, sequence, (chosen, actions) => {
      const [atOnce, inSteps] = [1_000_000_000, 1].map((work) => {
        const run = new Run({ ...chosen, attribution: { ...chosen.attribution, settle_work_per_block: work } });
        run.market.world.invariantsEvery = 10n;
        for (const deposit of [1_000_000n, 500_000n]) run.do({ kind: "open", who: Number(deposit % 3n), deposit });
        for (const step of actions) {
          run.do(step);
          if (work === 1) steps += [...progress.range(run.market.world.base)].length;
        }
        run.finish();
        return settledTo(run.market);
      });
      assert.deepEqual(inSteps, atOnce);
    }),
    { seed: SEED + 1, numRuns: Math.ceil(RUNS / 4) },
  );
  assert.ok(steps > 0);
});
