import assert from "node:assert/strict";
import { test } from "node:test";
import { AminoTypes, createSlashingAminoConverters, createStakingAminoConverters } from "@cosmjs/stargate";
import {
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { present } from "#proto/assert.js";
import { isRejection } from "#proto/rejection.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import type { MessageRow } from "#state/module.js";
import { messages as slashing } from "#state/modules/slashing/messages.js";
import { messages as staking } from "#state/modules/staking/messages/index.js";
import { person } from "../world.js";
import {
  cancel,
  COIN,
  create,
  delegate,
  edit,
  ONE,
  operatorOf,
  redelegate,
  undelegate,
  unjailMessage,
} from "./staking-world.js";

/** What a Ledger signs of staking (LEGACY_AMINO_JSON) is what CosmJS makes of the same bytes. */

const staked = [MsgCreateValidator, MsgEditValidator, MsgDelegate, MsgUndelegate, MsgCancelUnbondingDelegation];
const decoders = new Map<string, { decode(bytes: Uint8Array): unknown }>(
  [...staked, MsgBeginRedelegate].map((codec) => [codec.typeUrl, codec]),
);
const rows = new Map<string, MessageRow>([...staking, ...slashing].map((row) => [row.typeUrl, row]));
const converters = new AminoTypes(createStakingAminoConverters());

/** As JSON, which has no undefined parts. */
function theirs({ typeUrl, value }: AnyMessage): unknown {
  const message = present(decoders.get(typeUrl), typeUrl).decode(value);
  return JSON.parse(JSON.stringify(converters.toAmino({ typeUrl, value: message })));
}

function ours({ typeUrl, value }: AnyMessage): unknown {
  const row = present(rows.get(typeUrl), typeUrl);
  const message = row.decode(value);
  assert.ok(!isRejection(message));
  return row.amino(message);
}

const full = { moniker: "ann", identity: "A1", website: "https://ann.example", securityContact: "a@b", details: "<&>" };
const again = ({ typeUrl, value }: AnyMessage, change: (message: MsgCreateValidator) => MsgCreateValidator) => {
  return { typeUrl, value: MsgCreateValidator.encode(change(MsgCreateValidator.decode(value))).finish() };
};
const creation = create("ann", { delegator: person("ann").text, rates: [0n, ONE, 1n] });

const alike: readonly (readonly [name: string, message: AnyMessage])[] = [
  ["create-validator", again(creation, (message) => ({ ...message, description: full }))],
  ["edit-validator", edit("ann", { rate: ONE / 3n, min: "7", details: "more" })],
  ["edit-validator that keeps rate and promise", edit("ann", { moniker: "anna" })],
  ["delegate", delegate("ann", COIN)],
  ["undelegate", undelegate("ann", COIN)],
  ["cancel-unbonding-delegation", cancel("ann", COIN, 12n)],
  ["begin-redelegate", redelegate("ann", "bob", COIN)],
];
for (const [name, message] of alike) {
  test(`amino JSON of ${name} is that of CosmJS`, () => assert.deepEqual(ours(message), theirs(message)));
}

test("every message of staking is compared", () => {
  assert.deepEqual(
    [...new Set(alike.map(([, { typeUrl }]) => typeUrl))].sort(),
    staking.map(({ typeUrl }) => typeUrl).sort(),
  );
});

test("amino JSON of unjail, for which CosmJS has no converter, is that of the Cosmos SDK's schema", () => {
  assert.throws(createSlashingAminoConverters, /Not implemented/);
  assert.deepEqual(ours(unjailMessage("ann")), { type: "cosmos-sdk/MsgUnjail", value: { address: operatorOf("ann") } });
});

/**
 * The Cosmos SDK's encoder (x/tx aminojson) leaves out what has the default value of its type unless the schema says
 * dont_omitempty; CosmJS writes it. A chain must sign as the SDK does, or a wallet of the SDK is refused.
 */
function withoutDefaults(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).filter(
    ([name, part]) => part !== "" && !(name === "creation_height" && part === "0"),
  );
  return Object.fromEntries(parts.map(([name, part]) => [name, withoutDefaults(part)]));
}
const different: readonly (readonly [name: string, message: AnyMessage])[] = [
  ["create-validator without a delegator and most of its description", create("ann")],
  ["edit-validator that empties its details", edit("ann", { details: "" })],
  ["cancel-unbonding-delegation of height 0", cancel("ann", COIN, 0n)],
];
for (const [name, message] of different) {
  test(`amino JSON of ${name} is that of the Cosmos SDK, which leaves empty parts out`, () => {
    assert.notDeepEqual(ours(message), theirs(message));
    assert.deepEqual(ours(message), withoutDefaults(theirs(message)));
  });
}
