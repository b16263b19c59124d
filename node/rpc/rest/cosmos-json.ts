import { LegacyAminoPubKey } from "cosmjs-types/cosmos/crypto/multisig/keys";
import { PubKey as Ed25519PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { PubKey as Secp256k1PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import { BaseAccount, ModuleAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { MsgMultiSend, MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import {
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { fromBase64, toBase64 } from "#proto/base64.js";
import { utf8Text } from "#proto/bytes.js";
import { isJsonObject, type Json, type JsonObject } from "#proto/codec/json-text.js";
import { fromJson, isMessageName, toJson } from "#proto/codec/json.js";
import { message } from "#proto/codec/message.js";
import { isRejection } from "#proto/rejection.js";
import { decimalText, isDecimalField } from "#proto/tx/decimal.js";
import { decoded } from "../services/decode.js";

/**
 * grpc-gateway's JSON of Cosmos messages, over what cosmjs-types writes: snake_case names, and an Any as its message with
 * "@type". Types that are not in the table below or among our own stay as base64 under "value".
 */
export interface CosmosCodec<T = unknown> {
  encode(value: T): { finish(): Uint8Array };
  decode(data: Uint8Array): T;
  toJSON(value: T): unknown;
  fromJSON(json: unknown): T;
}

// The table erases the message types: each entry is used only with itself.
const entry = <T>(codec: CosmosCodec<T>): CosmosCodec => codec as unknown as CosmosCodec;

/** What an Any of the accounts, keys and messages that we serve may hold. */
const ANY: Readonly<Record<string, CosmosCodec>> = {
  "/cosmos.auth.v1beta1.BaseAccount": entry(BaseAccount),
  "/cosmos.auth.v1beta1.ModuleAccount": entry(ModuleAccount),
  "/cosmos.crypto.secp256k1.PubKey": entry(Secp256k1PubKey),
  "/cosmos.crypto.ed25519.PubKey": entry(Ed25519PubKey),
  "/cosmos.crypto.multisig.LegacyAminoPubKey": entry(LegacyAminoPubKey),
  "/cosmos.bank.v1beta1.MsgSend": entry(MsgSend),
  "/cosmos.bank.v1beta1.MsgMultiSend": entry(MsgMultiSend),
  "/cosmos.slashing.v1beta1.MsgUnjail": entry(MsgUnjail),
  "/cosmos.staking.v1beta1.MsgCreateValidator": entry(MsgCreateValidator),
  "/cosmos.staking.v1beta1.MsgEditValidator": entry(MsgEditValidator),
  "/cosmos.staking.v1beta1.MsgDelegate": entry(MsgDelegate),
  "/cosmos.staking.v1beta1.MsgUndelegate": entry(MsgUndelegate),
  "/cosmos.staking.v1beta1.MsgBeginRedelegate": entry(MsgBeginRedelegate),
  "/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation": entry(MsgCancelUnbondingDelegation),
  "/cosmos.tx.v1beta1.Tx": entry(Tx),
};

/** An Any may hold a message that holds an Any (a multisig key in a transaction): deeper than this stays base64. */
const ANY_DEPTH_MAX = 4;

export function cosmosToJson<T>(codec: CosmosCodec<T>, value: T): JsonObject {
  return gateway(codec.toJSON(value) as Json, 0) as JsonObject;
}

function gateway(json: Json, depth: number): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map((item) => gateway(item, depth));
  if (!isJsonObject(json)) return json;
  if (typeof json["typeUrl"] === "string" && "value" in json) return anyToJson(json["typeUrl"], json["value"], depth);
  const out: Record<string, Json> = {};
  for (const [name, item] of Object.entries(json)) {
    if (item !== undefined) out[snake(name)] = valueOf(snake(name), item, depth);
  }
  return out;
}

const NOTHING = new Uint8Array(0);
/** x/slashing has its decimals as bytes of their digits. */
const BYTES_DECIMALS: ReadonlySet<string> = new Set([
  "min_signed_per_window",
  "slash_fraction_double_sign",
  "slash_fraction_downtime",
]);
const DURATIONS: ReadonlySet<string> = new Set(["unbonding_time", "downtime_jail_duration"]);

function valueOf(name: string, item: Json, depth: number): Json {
  if (name === "next_key" && item === "") return null;
  if (isDecimalField(name) && typeof item === "string") return decimalText(item);
  if (BYTES_DECIMALS.has(name)) return decimalText(utf8Text(fromBase64(String(item)) ?? NOTHING) ?? "");
  if (DURATIONS.has(name) && isJsonObject(item)) return durationText(item);
  return gateway(item, depth);
}

/** google.protobuf.Duration as the gateway writes it: "1814400s". */
function durationText({ seconds, nanos }: JsonObject): string {
  const fraction = String(nanos ?? 0)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return `${String(seconds ?? "0")}${fraction === "" ? "" : `.${fraction}`}s`;
}

function anyToJson(typeUrl: string, value: Json | undefined, depth: number): JsonObject {
  const opaque = { "@type": typeUrl, value: value ?? "" };
  const bytes = fromBase64(String(value ?? ""));
  if (bytes === undefined || depth >= ANY_DEPTH_MAX) return opaque;
  const codec = Object.hasOwn(ANY, typeUrl) ? ANY[typeUrl]! : undefined;
  if (codec !== undefined) {
    const inner = decoded(codec, bytes);
    if (inner === undefined) return opaque;
    const fields = gateway(codec.toJSON(inner) as Json, depth + 1) as JsonObject;
    // The gateway writes an account that never signed with a null key; wallets read it.
    return typeUrl.endsWith(".BaseAccount")
      ? { "@type": typeUrl, pub_key: null, ...fields }
      : { "@type": typeUrl, ...fields };
  }
  const name = typeUrl.slice(1);
  if (!isMessageName(name)) return opaque;
  const own = message(name).decode(bytes);
  return isRejection(own) ? opaque : { "@type": typeUrl, ...toJson(name, own) };
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** A message from gateway JSON; undefined when it is none. */
export function cosmosFromJson<T>(codec: CosmosCodec<T>, json: Json): T | undefined {
  try {
    return codec.fromJSON(fromGateway(json, 0));
  } catch {
    return undefined; // The library throws for numbers and base64 that are none.
  }
}

function fromGateway(json: Json, depth: number): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map((item) => fromGateway(item, depth));
  if (!isJsonObject(json)) return json;
  const typeUrl = json["@type"];
  if (typeof typeUrl === "string" && depth < ANY_DEPTH_MAX) return anyFromJson(typeUrl, json, depth);
  const out: Record<string, Json> = {};
  for (const [name, item] of Object.entries(json)) if (item !== null) out[camel(name)] = fromGateway(item, depth);
  return out;
}

function anyFromJson(typeUrl: string, json: JsonObject, depth: number): JsonObject {
  const { "@type": _, ...fields } = json;
  const name = typeUrl.slice(1);
  if (isMessageName(name)) {
    const own = fromJson(name, fields);
    if (isRejection(own)) throw new Error(`${typeUrl}: ${String(own.data["field"])}`);
    return { typeUrl, value: toBase64(message(name).encode(own)) };
  }
  const codec = Object.hasOwn(ANY, typeUrl) ? ANY[typeUrl]! : undefined;
  if (codec === undefined) return { typeUrl, value: fields["value"] ?? "" };
  return { typeUrl, value: toBase64(codec.encode(codec.fromJSON(fromGateway(fields, depth + 1))).finish()) };
}
