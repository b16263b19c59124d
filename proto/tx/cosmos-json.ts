import { BaseAccount, ModuleAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { PubKey as Ed25519PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { LegacyAminoPubKey } from "cosmjs-types/cosmos/crypto/multisig/keys";
import { PubKey as Secp256k1PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { fromBase64, toBase64 } from "../base64.js";
import { utf8Text } from "../bytes.js";
import { cosmos, type CosmosType } from "../codec/cosmos.js";
import { isJsonObject, type Json, type JsonObject } from "../codec/json-text.js";
import { fromJson, isMessageName, pathTo, refuse, toJson } from "../codec/json.js";
import { message } from "../codec/message.js";
import { isRejection, type Rejection } from "../rejection.js";
import { cosmosMessages } from "./cosmos-messages.js";
import { decimalText, isDecimalField } from "./decimal.js";
import { camel, firstUnread, snake, textOf } from "./cosmos-fields.js";

/**
 * grpc-gateway's JSON of Cosmos messages, over what cosmjs-types reads and writes: snake_case names, an Any as its message
 * with "@type". REST answers it, `tx decode` prints it, `tx sign` reads it.
 */

// The table erases the message types: each entry is used only with itself.
const entry = <T>(type: CosmosType<T>): CosmosType<unknown> => type as unknown as CosmosType<unknown>;

/** Types that an Any may contain; our own messages are found by their names. */
const ANY: ReadonlyMap<string, CosmosType<unknown>> = new Map([
  ...Object.entries(cosmosMessages).map(([typeUrl, { type }]) => [typeUrl, type as CosmosType<unknown>] as const),
  ...[BaseAccount, ModuleAccount, Secp256k1PubKey, Ed25519PubKey, LegacyAminoPubKey, Tx].map(
    (type) => [type.typeUrl, entry(type as CosmosType<unknown>)] as const,
  ),
]);

/** An Any may hold a message that holds an Any (a multisig key in a transaction): deeper than this stays base64. */
const ANY_DEPTH_MAX = 4;

/**
 * A message of the Cosmos SDK as its gRPC gateway writes it: snake_case names, 64-bit integers as strings, bytes in base64,
 * an Any as its message with `@type`. An Any of an unknown type, or nested deeper than 4, keeps its bytes in base64.
 */
export function cosmosToJson<T>(type: Pick<CosmosType<T>, "toJSON">, value: T): JsonObject {
  return gateway(type.toJSON(value) as Json, 0) as JsonObject;
}

function gateway(json: Json, depth: number): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map((item) => gateway(item, depth));
  if (!isJsonObject(json)) return json;
  if (typeof json["typeUrl"] === "string" && "value" in json) return anyToJson(json["typeUrl"], json["value"], depth);
  const out: Record<string, Json> = {};
  for (const [name, item] of Object.entries(json)) {
    if (item === undefined || (name === "unordered" && item === false)) continue; // The latter is younger than our SDK level.
    out[snake(name)] = valueOf(snake(name), item, depth);
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

/** {"@type", ...fields}; a type that is not known shows its bytes under "value". */
function anyToJson(typeUrl: string, value: Json | undefined, depth: number): JsonObject {
  const opaque = { "@type": typeUrl, value: value ?? "" };
  const bytes = fromBase64(String(value ?? ""));
  if (bytes === undefined || depth >= ANY_DEPTH_MAX) return opaque;
  const type = ANY.get(typeUrl);
  if (type !== undefined) {
    const inner = cosmos(type).decode(bytes);
    if (isRejection(inner)) return opaque;
    const fields = gateway(type.toJSON(inner) as Json, depth + 1) as JsonObject;
    // The gateway writes an account that never signed with a null key; wallets read it.
    return typeUrl === BaseAccount.typeUrl
      ? { "@type": typeUrl, pub_key: null, ...fields }
      : { "@type": typeUrl, ...fields };
  }
  const name = typeUrl.slice(1);
  if (!isMessageName(name)) return opaque;
  const own = message(name).decode(bytes);
  return isRejection(own) ? opaque : { "@type": typeUrl, ...toJson(name, own) };
}

/**
 * A message from gateway JSON. Absent and null are the default. What would read back as something else is refused by the
 * name of its field: an enum without that name, a number out of range, an address with a wrong checksum.
 * @param unknownFields the gateway skips unknown URL parameters; in a document they are typing errors
 */
export function cosmosFromJson<T>(
  type: CosmosType<T>,
  json: Json,
  unknownFields: "refused" | "skipped" = "refused",
): T | Rejection {
  return fromGateway(type, json, unknownFields === "skipped", "", 0);
}

function fromGateway<T>(type: CosmosType<T>, json: Json, skips: boolean, at: string, depth: number): T | Rejection {
  if (!isJsonObject(json)) return refuse(at === "" ? type.typeUrl : at, "an object");
  const plain = plainOf(json, at, depth);
  if (isRejection(plain)) return plain;
  let read = at;
  try {
    const value = type.fromJSON(watched(plain, at, (path) => (read = path)));
    const bytes = type.encode(value).finish();
    const unread = firstUnread(plain, type.toJSON(type.decode(bytes)) as Json, at, skips);
    return unread === undefined ? value : refuse(unread.field, unread.expected);
  } catch {
    return refuse(read === "" ? type.typeUrl : read, "a value of its type"); // The library throws; it was reading this field.
  }
}

/** The names and texts that cosmjs-types reads. */
function plainOf(json: Json, at: string, depth: number): Json | Rejection {
  if (Array.isArray(json)) {
    const items = (json as readonly Json[]).map((item, i) => plainOf(item, `${at}[${i}]`, depth));
    return items.find(isRejection) ?? (items as Json[]);
  }
  if (!isJsonObject(json)) return json;
  if ("@type" in json) return anyFromJson(json, at, depth);
  const out: Record<string, Json> = {};
  for (const [name, item] of Object.entries(json)) {
    if (item === null) continue;
    const path = pathTo(at, name);
    const value = typeof item === "string" ? textOf(snake(name), item, path) : plainOf(item, path, depth);
    if (isRejection(value)) return value;
    out[camel(name)] = value;
  }
  return out;
}

function anyFromJson({ "@type": typeUrl, ...fields }: JsonObject, at: string, depth: number): JsonObject | Rejection {
  const name = String(typeUrl).slice(1);
  const type = depth < ANY_DEPTH_MAX ? ANY.get(String(typeUrl)) : undefined;
  if (typeof typeUrl === "string" && type !== undefined) {
    const value = fromGateway(type, fields, false, at, depth + 1);
    return isRejection(value) ? value : { typeUrl, value: toBase64(type.encode(value).finish()) };
  }
  if (typeof typeUrl !== "string" || !isMessageName(name)) return refuse(pathTo(at, "@type"), "a known type");
  const own = fromJson(name, fields, at);
  return isRejection(own) ? own : { typeUrl, value: toBase64(message(name).encode(own)) };
}

/** The same JSON, which tells which field is being read. */
function watched(json: Json, at: string, reading: (path: string) => void): Json {
  if (typeof json !== "object" || json === null) return json;
  const isList = Array.isArray(json);
  return new Proxy(json, {
    get(target, key) {
      const value = (target as Record<string | symbol, Json>)[key]!;
      if (typeof key === "symbol" || key === "length" || !Object.hasOwn(target, key)) return value;
      const path = isList ? `${at}[${key}]` : pathTo(at, snake(key));
      reading(path);
      return watched(value, path, reading);
    },
  });
}
