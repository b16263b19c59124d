import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { MsgVote } from "cosmjs-types/cosmos/gov/v1beta1/tx";
import { base64 } from "@scure/base";
import { Secp256k1HdWallet, makeSignDoc, type StdFee } from "@cosmjs/amino";
import { concat, utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifySecp256k1 } from "#proto/crypto/secp256k1.js";
import { isRejection } from "#proto/rejection.js";
import { decodeTx } from "#proto/tx/decode.js";
import { sdkErrors } from "#proto/tx/errors.js";
import { aminoDocument } from "#proto/tx/sign-doc.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { checkTx } from "#state/check.js";
import { View } from "#state/store/view.js";
import { person, TEST_CHAIN, World, type TxOptions } from "./world.js";

const alice = person("alice");
const bob = person("bob");
const mallory = person("mallory");

function pay(from = alice, amount = "1") {
  const value = MsgSend.fromPartial({
    fromAddress: from.text,
    toAddress: bob.text,
    amount: [{ denom: "utrib", amount }],
  });
  return { typeUrl: MsgSend.typeUrl, value: MsgSend.encode(value).finish() };
}

const refused: readonly (readonly [name: string, options: TxOptions, code: number])[] = [
  ["a sequence from the past or future", { sequence: 5n }, sdkErrors.wrongSequence.code],
  ["a signature for another chain", { chainId: "tributary-1" }, sdkErrors.unauthorized.code],
  ["too little gas for admission", { gas: 1000n }, sdkErrors.outOfGas.code],
  ["a fee above the balance", { fee: 2_000_000n }, sdkErrors.insufficientFunds.code],
  ["a memo above its limit", { memo: "x".repeat(257) }, sdkErrors.memoTooLarge.code],
];
for (const [name, options, code] of refused) {
  test(`refuses ${name} and changes nothing`, () => {
    const world = new World({ alice: 1_000_000n });
    const result = world.run(alice, [pay()], options);
    assert.equal(result.code, code, result.log);
    assert.equal(world.balance(alice), 1_000_000n);
  });
}

test("refuses a tx whose timeout height is over", () => {
  const world = new World({ alice: 1_000_000n });
  world.block();
  const result = world.run(alice, [pay()], { timeoutHeight: 1n });
  assert.equal(result.code, sdkErrors.txTimeoutHeight.code);
});

test("refuses a signature by another key", () => {
  const world = new World({ alice: 1_000_000n, mallory: 1_000_000n });
  assert.equal(world.run(mallory, [pay(alice)]).code, sdkErrors.invalidPubKey.code);
});

test("every flipped bit of a signed tx is refused", () => {
  const world = new World({ alice: 1_000_000n });
  const good = world.tx(alice, [pay()]);
  for (let at = 0; at < good.length; at += 7) {
    const bad = good.slice();
    bad[at]! ^= 1 << (at % 8);
    const [result] = world.block([bad]).results;
    assert.notEqual(result?.code, 0, `byte ${at}`);
  }
  assert.equal(world.balance(alice), 1_000_000n);
  assert.equal(world.block([good]).results[0]?.code, 0);
});

test("the same tx twice: the second has a used sequence", () => {
  const world = new World({ alice: 1_000_000n });
  const tx = world.tx(alice, [pay()]);
  const codes = world.block([tx, tx]).results.map((result) => result.code);
  assert.deepEqual(codes, [0, sdkErrors.wrongSequence.code]);
});

test("refuses bytes that are no canonical tx, each with a result", () => {
  const world = new World({ alice: 1_000_000n });
  const good = world.tx(alice, [pay()]);
  for (const bad of [utf8("hello"), concat(good, Uint8Array.of(0x22, 0)), good.slice(0, -1)]) {
    assert.equal(world.block([bad]).results[0]?.code, sdkErrors.txDecode.code);
  }
});

const ABSENT: Readonly<Record<string, readonly string[]>> = {
  cosmos: ["distribution", "gov", "upgrade", "authz", "feegrant", "vesting", "mint"],
  tributary: ["rights", "shares", "market", "disclosure", "dispute"],
};

test("names the module that is not active yet", () => {
  for (const [home, modules] of Object.entries(ABSENT)) {
    for (const module of modules) {
      const world = new World({ alice: 1_000_000n });
      const value = MsgVote.encode(MsgVote.fromPartial({ voter: alice.text })).finish();
      const result = world.run(alice, [{ typeUrl: `/${home}.${module}.v1beta1.MsgAny`, value }]);
      assert.equal(result.code, sdkErrors.notSupported.code, module);
      assert.match(result.log, new RegExp(`\\b${module}\\b`));
    }
  }
});

test("gas of execution out of limit keeps the fee and undoes the rest", () => {
  const world = new World({ alice: 1_000_000n });
  const result = world.run(alice, [pay(), pay(), pay()], { gas: 60_000n });
  assert.equal(result.code, sdkErrors.outOfGas.code, `used ${result.gasUsed}`);
  assert.equal(world.balance(alice), 995_000n);
  assert.equal(world.balance(bob), 0n);
});

test("amino sign bytes are those of CosmJS, escapes included", async () => {
  const world = new World({ alice: 1_000_000n });
  const tx = decodeTx(world.tx(alice, [pay()], { memo: "a<b>&c" }), 131072);
  assert.ok(!isRejection(tx));
  const message = {
    type: "cosmos-sdk/MsgSend",
    value: { to_address: bob.text, from_address: alice.text, amount: [{ denom: "utrib", amount: "1" }] },
  };
  const fee: StdFee = { amount: [{ denom: "utrib", amount: "5000" }], gas: "2000000" };
  const wallet = await Secp256k1HdWallet.generate(12, { prefix: "trib" });
  const [account] = await wallet.getAccounts();
  const document = makeSignDoc([message], fee, TEST_CHAIN, tx.memo, 3, 4);
  const { signature } = await wallet.signAmino(account!.address, document);
  const ours = aminoDocument(tx, [message], TEST_CHAIN)(3n, 4n);
  const valid = verifySecp256k1(base64.decode(signature.signature), sha256(ours), account!.pubkey);
  assert.ok(valid);
});

test("the mempool's check asks for the gas price, keeps pending sequences and leaves no trace of a refusal", () => {
  const world = new World({ alice: 1_000_000n });
  world.block();
  const view = new View(world.base);
  const rules = { txBytesMax: 131072, blockGasMax: 10_000_000n, gasPriceMin: 2_500_000_000_000_000n };
  const block = {
    chainId: TEST_CHAIN,
    height: 2n,
    time: world.time,
    proposer: new Uint8Array(20),
    proposerPower: 1n,
    totalPower: 1n,
    beacon: new Uint8Array(32),
    bech32Prefix: "trib",
    hash: headerHashOf(new Uint8Array(32)),
    misbehaviour: [],
  };
  const check = (options: TxOptions) => checkTx(view, block, world.tx(alice, [pay()], options), rules);
  const cheap = check({ fee: 4999n });
  assert.ok(isRejection(cheap) && cheap.code === sdkErrors.insufficientFee.code);
  const first = check({ fee: 5000n });
  assert.ok(!isRejection(first) && first.sequence === 0n);
  const again = check({ fee: 5000n });
  assert.ok(isRejection(again) && again.code === sdkErrors.wrongSequence.code);
  assert.ok(!isRejection(check({ fee: 5000n, sequence: 1n })));
  assert.equal(view.writes().length > 0, true);
});
