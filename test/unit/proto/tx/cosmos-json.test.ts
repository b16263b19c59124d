import assert from "node:assert/strict";
import { test } from "node:test";
import { QueryAllBalancesRequest } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { QueryParamsResponse } from "cosmjs-types/cosmos/slashing/v1beta1/query";
import { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { GetTxsEventRequest } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { utf8 } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { isRejection } from "#proto/rejection.js";
import type { Json } from "#proto/codec/json-text.js";
import { cosmosFromJson, cosmosToJson } from "#proto/tx/cosmos-json.js";
import { cosmosMessages } from "#proto/tx/cosmos-messages.js";
import { decimalText } from "#proto/tx/decimal.js";

const account = toBech32("trib", new Uint8Array(20).fill(1));
const operator = toBech32("tribvaloper", new Uint8Array(20).fill(1));
const coin = { denom: "utrib", amount: "5" };
const tenth = decimalText("100000000000000000");

test("every message of the table stands under its own type", () => {
  for (const [typeUrl, { type }] of Object.entries(cosmosMessages)) assert.equal(type.typeUrl, typeUrl);
});

/** Each message as JSON shows it. */
const shown: { readonly [U in keyof typeof cosmosMessages]: Json } = {
  "/cosmos.bank.v1beta1.MsgSend": { from_address: account, to_address: account, amount: [coin] },
  "/cosmos.bank.v1beta1.MsgMultiSend": {
    inputs: [{ address: account, coins: [coin] }],
    outputs: [{ address: account, coins: [coin] }],
  },
  "/cosmos.slashing.v1beta1.MsgUnjail": { validator_addr: operator },
  "/cosmos.staking.v1beta1.MsgCreateValidator": {
    description: { moniker: "ann", identity: "", website: "", security_contact: "", details: "" },
    commission: { rate: tenth, max_rate: tenth, max_change_rate: tenth },
    min_self_delegation: "1",
    delegator_address: "",
    validator_address: operator,
    pubkey: { "@type": "/cosmos.crypto.ed25519.PubKey", key: Buffer.alloc(32, 3).toString("base64") },
    value: coin,
  },
  "/cosmos.staking.v1beta1.MsgEditValidator": {
    description: { moniker: "ann", identity: "", website: "", security_contact: "", details: "" },
    validator_address: operator,
    commission_rate: tenth,
    min_self_delegation: "",
  },
  "/cosmos.staking.v1beta1.MsgDelegate": {
    delegator_address: account,
    validator_address: operator,
    amount: coin,
  },
  "/cosmos.staking.v1beta1.MsgUndelegate": {
    delegator_address: account,
    validator_address: operator,
    amount: coin,
  },
  "/cosmos.staking.v1beta1.MsgBeginRedelegate": {
    delegator_address: account,
    validator_src_address: operator,
    validator_dst_address: operator,
    amount: coin,
  },
  "/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation": {
    delegator_address: account,
    validator_address: operator,
    amount: coin,
    creation_height: "7",
  },
};

for (const [typeUrl, fields] of Object.entries(shown)) {
  test(`${typeUrl} is fields in JSON, and reads back`, () => {
    const message = { "@type": typeUrl, ...(fields as object) } as Json;
    const tx = cosmosFromJson(Tx, { body: { messages: [message] } });
    assert.ok(!isRejection(tx), JSON.stringify(tx, String));
    assert.deepEqual((cosmosToJson(Tx, tx)["body"] as { messages: unknown }).messages, [message]);
  });
}

const refusedParameters: readonly (readonly [fields: Json, field: string])[] = [
  [{ order_by: "nonsense" }, "order_by"],
  [{ order_by: "UNRECOGNIZED" }, "order_by"],
  [{ order_by: "7" }, "order_by"],
  [{ limit: "-1" }, "limit"],
  [{ limit: "100000000000000000000" }, "limit"],
  [{ limit: "ten" }, "limit"],
  [{ limit: "" }, "limit"],
  [{ limit: "0x10" }, "limit"],
  [{ limit: { a: 1 } }, "limit"],
  [{ pagination: "5" }, "pagination"],
  [{ pagination: { limit: "1e3" } }, "pagination.limit"],
  [{ pagination: { offset: "-1" } }, "pagination.offset"],
  [{ pagination: { key: "!" } }, "pagination.key"],
  [{ pagination: { reverse: "yes" } }, "pagination.reverse"],
  [{ events: "a" }, "events"],
];

test("a parameter that would be read as something else is refused by name", () => {
  for (const [fields, field] of refusedParameters) {
    const refused = cosmosFromJson(GetTxsEventRequest, fields, "skipped");
    assert.ok(isRejection(refused), JSON.stringify(fields));
    assert.deepEqual([refused.codespace, refused.data["field"]], ["codec", field]);
  }
  const typing = cosmosFromJson(QueryAllBalancesRequest, { address: account.replace("1", "1q") });
  assert.ok(isRejection(typing) && typing.data["field"] === "address");
});

test("an enum by its number, a boolean and unknown parameters are read as the gateway reads them", () => {
  const asked = { order_by: "2", pagination: { reverse: true, limit: 5, key: null }, _: "1" };
  const read = cosmosFromJson(GetTxsEventRequest, asked, "skipped");
  assert.ok(!isRejection(read));
  assert.deepEqual([read.orderBy, read.pagination?.reverse, read.pagination?.limit], [2, true, 5n]);
});

test("a document with a mistyped field is refused by its place", () => {
  const send = { "@type": "/cosmos.bank.v1beta1.MsgSend", from_address: account, to_address: account, amount: [coin] };
  const of = (message: object): Json => ({ body: { messages: [send, { ...send, ...message }] } }) as unknown as Json;
  const cases: readonly (readonly [Json, string])[] = [
    [of({ amuont: [] }), "body.messages[1].amuont"],
    [of({ to_address: "trib1abc" }), "body.messages[1].to_address"],
    [of({ amount: [{ denom: "utrib", amount: "1.5" }] }), "body.messages[1].amount[0].amount"],
    [of({ "@type": "/cosmos.gov.v1.MsgVote" }), "body.messages[1].@type"],
    [
      { auth_info: { signer_infos: [{ mode_info: { single: { mode: "LOUD" } } }] } },
      "auth_info.signer_infos[0].mode_info.single.mode",
    ],
    [{ body: { timeout_height: "-1" } }, "body.timeout_height"],
  ];
  for (const [json, field] of cases) {
    const refused = cosmosFromJson(Tx, json);
    assert.ok(isRejection(refused), field);
    assert.equal(refused.data["field"], field);
  }
});

test("shares of slashing are decimals and times durations, as the gateway writes them", () => {
  const share = (digits: string): Uint8Array => utf8(digits);
  const params = {
    signedBlocksWindow: 100n,
    minSignedPerWindow: share("500000000000000000"),
    downtimeJailDuration: { seconds: 600n, nanos: 0 },
    slashFractionDoubleSign: share("50000000000000000"),
    slashFractionDowntime: share("10000000000000000"),
  };
  assert.deepEqual(cosmosToJson(QueryParamsResponse, { params }), {
    params: {
      signed_blocks_window: "100",
      min_signed_per_window: "0.500000000000000000",
      downtime_jail_duration: "600s",
      slash_fraction_double_sign: "0.050000000000000000",
      slash_fraction_downtime: "0.010000000000000000",
    },
  });
});
