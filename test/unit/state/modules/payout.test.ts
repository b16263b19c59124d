import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorCode } from "#proto/rejection.js";
import { treasuryOf } from "#state/modules/datanet/index.js";
import { models } from "#state/modules/model/keys.js";
import { payKinds, payoutErrors } from "#state/modules/payout/index.js";
import { View } from "#state/store/view.js";
import { useNatives } from "#node/runtime/natives.js";
import { answerOf, Market, type MarketOptions } from "../market.js";
import { person, type Person } from "../world.js";
import { units } from "./attribution-world.js";

useNatives();
const alice = person("alice");
const dave = person("dave");
const grace = person("grace");
const heidi = person("heidi");
const mallory = person("mallory");
const carol = person("carol");

const TEXT = "we the people of the united states in order to form a more perfect union establish justice";

const refuses = (result: { code: number; codespace: string; log: string }, error: ErrorCode, names = ""): void => {
  assert.equal(`${result.codespace}/${result.code}`, `${error.codespace}/${error.code}`, result.log);
  assert.match(result.log, new RegExp(names));
};

/** A market in which one batch of one answer is settled; its pool is alice's. */
function earned(options: Partial<MarketOptions> = {}, fee = 10_000n): Market {
  const m = new Market({ works: [{ owner: alice, text: TEXT }], ...options });
  sell(m, fee);
  return m;
}

function sell(m: Market, fee: bigint): bigint {
  const channel = m.open(grace, fee);
  m.ask(channel, fee, TEXT);
  const redeemed = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  assert.equal(m.openSample(grace, redeemed.batchId, m.wanted(redeemed.batchId, [redeemed])).code, 0);
  assert.equal(m.settle(grace, redeemed.batchId).code, 0);
  return redeemed.batchId;
}

const stages = (m: Market, who: Person): number[] => m.statement(who).lines.map(({ stage }) => stage);
const propose = (m: Market, owner: Person, newOwner: Person) =>
  m.send(owner, "tributary.payout.v1.MsgProposeKeyChange", { owner: owner.text, newOwner: newOwner.text });
const execute = (m: Market, owner: Person, signer: Person) =>
  m.send(signer, "tributary.payout.v1.MsgExecuteKeyChange", { owner: owner.text, signer: signer.text });
const claim = (m: Market, owner: Person) => m.send(owner, "tributary.payout.v1.MsgClaimPayout", { owner: owner.text });

test("pay is held back, then pushed without anyone asking", () => {
  const m = earned({ treasuryBasisPoints: 1_000 });
  const before = m.world.balance(alice);
  assert.deepEqual(stages(m, alice), [1]);
  assert.equal(m.statement(alice).account!.pending, units(2_700));
  m.blocks(2);
  assert.equal(m.world.balance(alice), before);
  m.blocks(1);
  assert.equal(m.world.balance(alice) - before, 2_700n);
  assert.deepEqual(stages(m, alice), [3]);
  const [line] = m.statement(alice).lines;
  assert.deepEqual(
    [line!.earned, line!.paid, line!.entry!.tokens, line!.contributionStatus],
    [units(2_700), units(2_700), 17n, 3],
  );
  assert.equal(treasuryOf(m.world.base, 1n), 300n);
});

test("all of a batch matures together; revenue and royalties then accrue in steps to the owner, remainder last", () => {
  const m = earned({ royalties: [1_000] }, 10_007n);
  const { providerShare, royalties, ownerShare } = m.batch(1n);
  const bob = m.world.balance(m.bob);
  const ofCarol = m.world.balance(carol);
  m.blocks(3);
  assert.equal(m.world.balance(m.bob) - bob, providerShare);
  const steps: bigint[] = [];
  let last = m.world.balance(m.bob);
  for (let i = 0; i < 5; i++) {
    m.blocks(1);
    steps.push(m.world.balance(m.bob) - last);
    last = m.world.balance(m.bob);
  }
  const quarter = ownerShare / 4n;
  assert.equal(
    steps.reduce((sum, step) => sum + step, 0n),
    ownerShare,
  );
  assert.ok(
    steps.slice(0, 3).every((step) => step - quarter <= 1n && step >= quarter),
    steps.join(),
  );
  assert.equal(steps[4], 0n);
  assert.equal(m.world.balance(carol) - ofCarol, royalties);
  const kinds = m.statement(m.bob).lines.map(({ entry, stage }) => [entry!.kind, stage]);
  assert.deepEqual(kinds, [
    [payKinds.provider, 3],
    [payKinds.revenue, 3],
  ]);
});

test("accruing revenue goes to the owner of the version in that block", () => {
  const m = earned();
  m.blocks(4);
  const before = m.world.balance(heidi);
  const view = new View(m.world.base);
  models.put(view, [1n], { ...models.get(view, [1n])!, owner: heidi.text });
  m.world.base.apply(view.writes());
  m.blocks(4);
  const { ownerShare } = m.batch(1n);
  assert.equal(m.world.balance(heidi) - before, ownerShare - ownerShare / 4n);
});

test("less than the minimum waits, is claimed, or is pushed with what comes later", () => {
  const m = earned({ payout: { payment_min: "3001" } });
  const before = m.world.balance(alice);
  refuses(claim(m, alice), payoutErrors.nothingOwed, "3000");
  m.blocks(4);
  assert.deepEqual(stages(m, alice), [2]);
  const result = claim(m, alice);
  assert.equal(answerOf(result, "tributary.payout.v1.MsgClaimPayoutResponse").amount, "3000");
  assert.equal(m.world.balance(alice) - before, 3_000n - 100_000n);
  assert.deepEqual(stages(m, alice), [3]);
  refuses(claim(m, alice), payoutErrors.nothingOwed);

  const later = earned({ payout: { payment_min: "3001" } });
  later.blocks(4);
  const paidBefore = later.world.balance(alice);
  sell(later, 10_000n);
  later.blocks(5);
  assert.equal(later.world.balance(alice) - paidBefore, 6_000n);
});

test("a block matures, releases and pays no more rows than its budget", () => {
  const owners = Array.from({ length: 7 }, (_, i) => person(`owner ${i}`));
  const works = owners.map((owner, i) => ({
    owner,
    text: `text number ${"one two three four five six seven".split(" ")[i]!} ${TEXT}`,
  }));
  const m = new Market({ works, payout: { rows_per_block: 2, payment_min: "1" } });
  const channel = m.open(grace, 100_000n);
  for (const { text } of works) m.ask(channel, 10_000n, text);
  const redeemed = m.redeem(channel, m.sign(channel, true));
  m.endEpoch();
  m.openSample(m.bob, redeemed.batchId, m.wanted(redeemed.batchId, [redeemed]));
  m.settle(m.bob, redeemed.batchId);
  const paid = (): number => owners.filter((owner) => m.world.balance(owner) > 0n).length;
  m.blocks(2);
  const matured = (): number => {
    const request = { batchId: redeemed.batchId, pagination: undefined };
    const { entries } = m.query<"tributary.payout.v1.QueryEntriesResponse">("tributary.payout.v1", "Entries", request);
    return entries.filter((entry) => entry.matured).length;
  };
  const seen: [number, number][] = [];
  for (let i = 0; i < 5; i++) {
    m.blocks(1);
    seen.push([matured(), paid()]);
  }
  assert.deepEqual(seen, [
    [2, 2],
    [4, 4],
    [6, 6],
    [8, 7],
    [9, 7],
  ]);
});

test("a payout address takes the pay, until it is taken back; only the owner sets it", () => {
  const m = earned();
  const set = (owner: Person, address: string) =>
    m.send(owner, "tributary.payout.v1.MsgSetPayoutAddress", { owner: owner.text, address });
  refuses(set(alice, "trib1nobody"), { codespace: "sdk", code: 7, name: "" }, "address");
  assert.equal(set(alice, heidi.text).code, 0);
  const before = m.world.balance(heidi);
  m.blocks(3);
  assert.equal(m.world.balance(heidi) - before, 3_000n);
  assert.equal(set(alice, alice.text).code, 0);
  assert.equal(m.statement(alice).payTo, alice.text);
});

test("after an announced delay every claim follows the new key; what was earned stays on record where it was", () => {
  const m = earned({ payout: { hold_back_ms: "20000" } });
  assert.equal(propose(m, alice, dave).code, 0);
  refuses(propose(m, alice, heidi), payoutErrors.changePending, dave.text);
  refuses(execute(m, alice, dave), payoutErrors.delayRunning);
  m.blocks(5);
  refuses(execute(m, alice, heidi), payoutErrors.notNewOwner, dave.text);
  assert.equal(execute(m, alice, dave).code, 0);
  const [ofAlice, ofDave] = [m.world.balance(alice), m.world.balance(dave)];
  m.blocks(20);
  assert.equal(m.world.balance(alice), ofAlice);
  assert.equal(m.world.balance(dave) - ofDave, 3_000n);
  const { controller, lines } = m.statement(alice);
  assert.equal(controller, dave.text);
  assert.equal(lines[0]!.paid, units(3_000));
  assert.deepEqual(m.statement(dave).replaced, [alice.text]);
  refuses(claim(m, alice), payoutErrors.keyReplaced, dave.text);
  const address = { owner: alice.text, address: mallory.text };
  refuses(m.send(alice, "tributary.payout.v1.MsgSetPayoutAddress", address), payoutErrors.keyReplaced);
});

test("an owner cancels a change that a thief proposed, and the thief gets nothing", () => {
  const m = earned();
  const order = { owner: alice.text };
  refuses(m.send(alice, "tributary.payout.v1.MsgCancelKeyChange", order), payoutErrors.noChangePending);
  propose(m, alice, mallory);
  assert.equal(m.send(alice, "tributary.payout.v1.MsgCancelKeyChange", order).code, 0);
  m.blocks(5);
  refuses(execute(m, alice, mallory), payoutErrors.noChangePending);
  refuses(propose(m, alice, alice), payoutErrors.sameKey);
});

test("a key that replaced another is replaced itself: both owners' pay follows, and claims reach all of it", () => {
  const m = earned({ payout: { payment_min: "1000000" } });
  propose(m, alice, dave);
  m.blocks(5);
  assert.equal(execute(m, alice, dave).code, 0);
  propose(m, dave, heidi);
  m.blocks(5);
  assert.equal(execute(m, dave, heidi).code, 0);
  assert.equal(m.statement(alice).controller, heidi.text);
  assert.equal(answerOf(claim(m, heidi), "tributary.payout.v1.MsgClaimPayoutResponse").amount, "3000");
  refuses(propose(m, heidi, alice), payoutErrors.keyReplaced, "new_owner");
});

test("every unit of fees is found after every step", () => {
  const m = earned({ treasuryBasisPoints: 777, royalties: [501, 77] }, 12_350n);
  for (let i = 0; i < 12; i++) {
    m.blocks(1);
    const { fees, ...places } = m.totals();
    assert.equal(
      Object.values(places).reduce((sum, part) => sum + part, 0n),
      fees,
    );
  }
  assert.equal(m.totals().pending, 0n);
});
