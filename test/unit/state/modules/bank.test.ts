import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgMultiSend, MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import {
  QueryAllBalancesRequest,
  QueryAllBalancesResponse,
  QueryBalanceRequest,
  QuerySupplyOfRequest,
} from "cosmjs-types/cosmos/bank/v1beta1/query";
import { isRejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import { toBech32 } from "#proto/crypto/address.js";
import { moduleAccounts } from "#state/module-accounts.js";
import { supplyOf } from "#state/modules/bank/index.js";
import { person, World, type Person } from "../world.js";

const alice = person("alice");
const bob = person("bob");

function send(from: Person, to: string, amount: string, denom = "utrib") {
  const value = MsgSend.fromPartial({ fromAddress: from.text, toAddress: to, amount: [{ denom, amount }] });
  return { typeUrl: MsgSend.typeUrl, value: MsgSend.encode(value).finish() };
}

test("a transfer moves the amount and the fee, and nothing else", () => {
  const world = new World({ alice: 1_000_000n });
  const supply = supplyOf(world.base, "utrib");
  const result = world.run(alice, [send(alice, bob.text, "250000")]);
  assert.equal(result.code, 0, result.log);
  assert.equal(world.balance(alice), 745_000n);
  assert.equal(world.balance(bob), 250_000n);
  assert.equal(supplyOf(world.base, "utrib"), supply);
  const kinds = result.events.map((event) => event.type);
  assert.deepEqual([...new Set(kinds)].sort(), ["coin_received", "coin_spent", "message", "transfer", "tx"]);
});

const refused: readonly (readonly [name: string, to: string, amount: string, denom: string, code: number])[] = [
  ["one unit too many", bob.text, "995001", "utrib", sdkErrors.insufficientFunds.code],
  ["a denomination that is not held", bob.text, "1", "uother", sdkErrors.insufficientFunds.code],
  ["zero", bob.text, "0", "utrib", sdkErrors.invalidCoins.code],
  ["a padded amount", bob.text, "007", "utrib", sdkErrors.invalidCoins.code],
  ["a hexadecimal amount", bob.text, "0x10", "utrib", sdkErrors.invalidCoins.code],
  ["a negative amount", bob.text, "-5", "utrib", sdkErrors.invalidCoins.code],
  ["2^128", bob.text, (1n << 128n).toString(), "utrib", sdkErrors.invalidCoins.code],
  ["another chain's address", toBech32("cosmos", bob.address), "1", "utrib", sdkErrors.invalidAddress.code],
  ["the account of a module", toBech32("trib", moduleAccounts.usage), "1", "utrib", sdkErrors.unauthorized.code],
];
for (const [name, to, amount, denom, code] of refused) {
  test(`refuses ${name}; the fee is kept and the rest stays`, () => {
    const world = new World({ alice: 1_000_000n });
    const result = world.run(alice, [send(alice, to, amount, denom)]);
    assert.equal(result.code, code, result.log);
    assert.equal(result.codespace, "sdk");
    assert.equal(world.balance(alice), 995_000n);
    assert.equal(world.balance(bob), 0n);
  });
}

test("a failing message undoes the ones before it", () => {
  const world = new World({ alice: 1_000_000n });
  const result = world.run(alice, [send(alice, bob.text, "10"), send(alice, bob.text, "5000000")]);
  assert.equal(result.code, sdkErrors.insufficientFunds.code);
  assert.equal(world.balance(bob), 0n);
  assert.equal(result.data.length, 0);
});

test("one payer pays several in one message, and only what was given", () => {
  const world = new World({ alice: 1_000_000n });
  const multi = (input: string) => ({
    typeUrl: MsgMultiSend.typeUrl,
    value: MsgMultiSend.encode({
      inputs: [{ address: alice.text, coins: [{ denom: "utrib", amount: input }] }],
      outputs: ["bob", "carol"].map((name) => ({
        address: person(name).text,
        coins: [{ denom: "utrib", amount: "40" }],
      })),
    }).finish(),
  });
  assert.equal(world.run(alice, [multi("81")]).code, sdkErrors.invalidCoins.code);
  assert.equal(world.run(alice, [multi("80")]).code, 0);
  assert.equal(world.balance(person("carol")), 40n);
});

test("all balances are paged in the order of denominations", () => {
  const world = new World({ alice: 5n });
  const request = QueryAllBalancesRequest.fromPartial({ address: alice.text });
  const answer = QueryAllBalancesResponse.decode(
    world.query("/cosmos.bank.v1beta1.Query/AllBalances", QueryAllBalancesRequest.encode(request).finish()),
  );
  assert.deepEqual(answer.balances, [{ denom: "utrib", amount: "5" }]);
  assert.equal(answer.pagination?.total, 1n);
});

test("a balance or a supply of no denomination is refused, not zero", () => {
  const world = new World({ alice: 5n });
  const balance = QueryBalanceRequest.encode({ address: alice.text, denom: "" }).finish();
  const supply = QuerySupplyOfRequest.encode({ denom: "1x" }).finish();
  for (const [method, request] of [
    ["Balance", balance],
    ["SupplyOf", supply],
  ] as const) {
    const refused = world.asked(`/cosmos.bank.v1beta1.Query/${method}`, request);
    assert.ok(isRejection(refused));
    assert.equal(refused.code, sdkErrors.invalidRequest.code);
  }
});
