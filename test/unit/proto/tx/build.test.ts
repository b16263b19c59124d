import assert from "node:assert/strict";
import { test } from "node:test";
import { DirectSecp256k1Wallet, makeAuthInfoBytes, makeSignDoc, Registry, encodePubkey } from "@cosmjs/proto-signing";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { toBase64 } from "#proto/base64.js";
import { secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { isRejection } from "#proto/rejection.js";
import { assembleTx, bankSend, buildTx, ownAny, signDirect } from "#proto/tx/build.js";
import { decodeTx } from "#proto/tx/decode.js";
import { txFromJson, txToJson } from "#proto/tx/json.js";

const secretKey = new Uint8Array(32).fill(0x11);
const publicKey = secp256k1PublicKey(secretKey);
const from = "trib1xtfp9mpdz4c4egqwmxg7lkckm0p55ls46qgq0w";
const to = "trib1j7d3cxyp0x2uryyv68t3u90znfwkl59c6nrsz0";
const coins = [{ denom: "utrib", amount: "12500000" }];
const fee = { coins: [{ denom: "utrib", amount: "500" }], gasLimit: 200_000n };

function ownTx() {
  const unsigned = buildTx({ messages: [bankSend(from, to, coins)], memo: "for the water", timeoutHeight: 0n }, fee, [
    { publicKey, sequence: 7n },
  ]);
  return assembleTx(unsigned, [signDirect(unsigned, secretKey, "tributary-dev-1", 3n)]);
}

test("a signed tx is byte for byte the one that cosmjs makes", async () => {
  const wallet = await DirectSecp256k1Wallet.fromKey(secretKey, "trib");
  const [account] = await wallet.getAccounts();
  const bodyBytes = new Registry().encode({
    typeUrl: "/cosmos.tx.v1beta1.TxBody",
    value: {
      messages: [
        { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value: { fromAddress: from, toAddress: to, amount: coins } },
      ],
      memo: "for the water",
    },
  });
  const key = encodePubkey({ type: "tendermint/PubKeySecp256k1", value: toBase64(publicKey) });
  const authInfoBytes = makeAuthInfoBytes([{ pubkey: key, sequence: 7 }], fee.coins, 200_000, undefined, undefined);
  const signed = await wallet.signDirect(
    account!.address,
    makeSignDoc(bodyBytes, authInfoBytes, "tributary-dev-1", 3n),
  );
  const signatures = [new Uint8Array(Buffer.from(signed.signature.signature, "base64"))];
  assert.deepEqual(Buffer.from(ownTx()), Buffer.from(TxRaw.encode({ bodyBytes, authInfoBytes, signatures }).finish()));
});

test("what is built decodes as it was meant", () => {
  const tx = decodeTx(ownTx(), 10_000);
  assert.ok(!isRejection(tx));
  assert.equal(tx.memo, "for the water");
  assert.deepEqual(tx.signers[0]?.key, { kind: "secp256k1", key: publicKey });
  assert.equal(tx.signers[0]?.sequence, 7n);
  assert.equal(tx.fee.gasLimit, 200_000n);
});

test("JSON of a tx reads back as the same bytes, for Cosmos messages and for ours", () => {
  const own = ownAny("tributary.usage.v1.MsgOpenChannel", {
    consumer: from,
    provider: to,
    versionId: 5n,
    deposit: "1000",
  });
  for (const messages of [[bankSend(from, to, coins)], [own], [own, bankSend(from, to, coins)]]) {
    const unsigned = buildTx({ messages, memo: "m", timeoutHeight: 9n }, fee, [{ publicKey, sequence: 1n }]);
    const bytes = assembleTx(unsigned, [signDirect(unsigned, secretKey, "tributary-dev-1", 3n)]);
    const tx = decodeTx(bytes, 10_000);
    assert.ok(!isRejection(tx));
    const again = txFromJson(JSON.parse(JSON.stringify(txToJson(tx))));
    assert.ok(!isRejection(again), JSON.stringify(again));
    assert.deepEqual(Buffer.from(again), Buffer.from(bytes));
  }
});

test("JSON has the gateway's names", () => {
  const tx = decodeTx(ownTx(), 10_000);
  assert.ok(!isRejection(tx));
  assert.deepEqual(txToJson(tx)["body"], {
    messages: [{ "@type": "/cosmos.bank.v1beta1.MsgSend", from_address: from, to_address: to, amount: coins }],
    memo: "for the water",
    timeout_height: "0",
    extension_options: [],
    non_critical_extension_options: [],
  });
});

test("JSON that is no tx is refused by field", () => {
  for (const [json, field] of [
    [{}, "tx"],
    [{ body: { messages: 5 }, auth_info: {} }, "body.messages"],
    [{ body: { messages: [{}] }, auth_info: {} }, "body.messages[0].@type"],
    [{ body: { messages: [], timeout_height: "x" }, auth_info: {} }, "body.timeout_height"],
    [{ body: { messages: [] }, auth_info: {}, signatures: ["!"] }, "signatures[0]"],
    [{ body: { messages: [] }, auth_info: { fee: { gas_limit: "x" } } }, "auth_info.fee.gas_limit"],
    [
      { body: { messages: [{ "@type": "/cosmos.bank.v1beta1.MsgSend", amount: [null] }] }, auth_info: {} },
      "body.messages[0].amount[0]",
    ],
  ] as const) {
    const refused = txFromJson(json as never);
    assert.ok(isRejection(refused));
    assert.equal(refused.data["field"], field);
  }
});
