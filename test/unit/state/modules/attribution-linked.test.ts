import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { totals, vouchers } from "#state/modules/attribution/keys.js";
import { entries } from "#state/modules/payout/keys.js";
import { useNatives } from "#node/runtime/natives.js";
import { Market } from "../market.js";
import type { Person } from "../world.js";
import { alice, dave, grace, PREAMBLE, taken } from "./attribution-world.js";
import { person } from "../world.js";

useNatives();

/** One batch of one answer that quotes alice. @returns its id and the voucher's links */
function sell(m: Market, consumer: Person, provider: Person): { readonly batchId: bigint; readonly linked: number } {
  const channel = m.open(consumer, 1_000n, provider);
  m.ask(channel, 1_000n, PREAMBLE);
  const redeemed = m.redeem(channel, m.sign(channel, true));
  const linked = vouchers.get(m.world.base, [redeemed.batchId, redeemed.voucherId])!.linked;
  m.endEpoch();
  taken(m.openSample(provider, redeemed.batchId, m.wanted(redeemed.batchId, [redeemed])));
  m.settle(provider, redeemed.batchId);
  m.blocks(1);
  return { batchId: redeemed.batchId, linked };
}

test("payers that are the provider, the model's owner or the paid contributor are labelled, and paid alike", () => {
  const m = new Market({ works: [{ owner: alice, text: PREAMBLE }] });
  const selfDealt = (): string => totals.get(m.world.base, [])!.selfDealt;
  const pay = (batchId: bigint) => entries.get(m.world.base, [batchId, 1, 1n])!;

  const organic = sell(m, grace, dave);
  assert.equal(organic.linked, 0);
  assert.equal(selfDealt(), "0");
  assert.equal(pay(organic.batchId).selfDealt, "0");

  const both = sell(m, m.bob, m.bob); // Bob provides his own model.
  assert.equal(both.linked, 3);
  assert.equal(selfDealt(), "1000");
  const asOwner = sell(m, m.bob, dave);
  assert.equal(asOwner.linked, 2);
  const asProvider = sell(m, dave, dave);
  assert.equal(asProvider.linked, 1);
  assert.equal(selfDealt(), "3000");

  const contributor = sell(m, alice, dave);
  assert.equal(contributor.linked, 0);
  const entry = pay(contributor.batchId);
  assert.equal(entry.selfDealt, entry.amount, "she has paid herself");
  for (const { batchId } of [both, asOwner, asProvider, contributor]) {
    assert.equal(pay(batchId).amount, pay(organic.batchId).amount, "who is linked pays and earns no less");
  }
});

test("a consumer whose first coins the provider, the owner or the paid contributor sent is labelled for linked_blocks", () => {
  const m = new Market({ works: [{ owner: alice, text: PREAMBLE }], attribution: { linked_blocks: "40" } });
  const fund = (from: Person, name: string): Person => {
    const to = person(name);
    const amount = [{ denom: "utrib", amount: "10000000" }];
    const value = MsgSend.encode(MsgSend.fromPartial({ fromAddress: from.text, toAddress: to.text, amount })).finish();
    taken(m.world.run(from, [{ typeUrl: MsgSend.typeUrl, value }], { gas: 20_000_000n, fee: 50_000n }));
    return to;
  };
  const bought = fund(dave, "fund1");
  assert.equal(sell(m, bought, dave).linked, 4, "the provider is its funder");
  const owned = sell(m, fund(m.bob, "fund2"), dave);
  assert.equal(owned.linked, 8, "the owner is its funder");
  assert.equal(entries.get(m.world.base, [owned.batchId, 1, 1n])!.selfDealt, "0");
  const own = sell(m, fund(alice, "fund3"), dave);
  assert.equal(own.linked, 0);
  const entry = entries.get(m.world.base, [own.batchId, 1, 1n])!;
  assert.equal(entry.selfDealt, entry.amount, "she has paid herself by another account");
  m.blocks(40);
  assert.equal(sell(m, bought, dave).linked, 0, "its first coins are no longer recent");
});
