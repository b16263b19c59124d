import { enums, schema, type Field } from "../gen/schema.js";
import { fromBase64, fromBase64Url, toBase64 } from "../base64.js";
import { present } from "../assert.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { codecErrors, isWellFormed, type MessageName, type Messages } from "./message.js";
import { isJsonObject, type Json, type JsonObject } from "./json-text.js";

/**
 * JSON of our own messages. Gateway style (REST): snake_case, every field present, 64-bit integers as strings, bytes in
 * base64, enums by name, an absent sub-message as null. Amino style (signed by Ledger): like gateway, but without fields
 * that hold their default, and with enums as numbers; the serialiser sorts the keys.
 */
type Value = Readonly<Record<string, unknown>>;

const WIDE: ReadonlySet<Field["type"]> = new Set(["uint64", "int64", "sint64", "fixed64", "sfixed64"]);
const UNSIGNED: ReadonlySet<Field["type"]> = new Set(["uint64", "fixed64", "uint32", "fixed32"]);
const INTEGER = /^(?:0|-?[1-9][0-9]{0,19})$/;

/** Whether our schemas have a message of this full name. */
export function isMessageName(name: string): name is MessageName {
  return Object.hasOwn(schema, name);
}

/** The fields of a message, ascending by number. */
export function fieldsOf(name: MessageName): readonly Field[] {
  return schema[name];
}
export type { Field };

/** A message in gateway style. */
export function toJson<N extends MessageName>(name: N, value: Messages[N]): JsonObject {
  return messageToJson(name, value as Value, "gateway");
}

/** A message in amino style; keys in the order of fields. */
export function toAminoJson<N extends MessageName>(name: N, value: Messages[N]): JsonObject {
  return messageToJson(name, value as Value, "amino");
}

/** A message whose lists are iterables, for messages larger than memory. */
export type Streamed<M> = {
  readonly [K in keyof M]: M[K] extends (infer T)[] ? Iterable<T> : M[K];
};

/** The fields of `toJson` one by one, each list as an iterable that can be read once. */
export function* toJsonFields<N extends MessageName>(
  name: N,
  value: Streamed<Messages[N]>,
): Generator<readonly [field: string, item: Json | Iterable<Json>], void, undefined> {
  for (const field of schema[name]) {
    const item = (value as Value)[field.name];
    yield [
      field.json,
      field.repeated ? itemsToJson(field, item as Iterable<unknown>) : itemToJson(field, item, "gateway"),
    ];
  }
}

function* itemsToJson(field: Field, items: Iterable<unknown>): Generator<Json, void, undefined> {
  for (const item of items) yield itemToJson(field, item, "gateway");
}

type Style = "gateway" | "amino";

function messageToJson(name: MessageName, value: Value, style: Style): JsonObject {
  const out: Record<string, Json> = {};
  for (const field of schema[name]) {
    const item = value[field.name];
    if (style === "amino" && isDefault(field, item)) continue;
    out[field.json] = field.repeated
      ? (item as readonly unknown[]).map((entry) => itemToJson(field, entry, style))
      : itemToJson(field, item, style);
  }
  return out;
}

function itemToJson(field: Field, item: unknown, style: Style): Json {
  if (field.type === "message") return item === undefined ? null : messageToJson(refOf(field), item as Value, style);
  if (field.type === "bytes") return toBase64(item as Uint8Array);
  if (WIDE.has(field.type)) return String(item as bigint);
  if (field.type === "enum" && style === "gateway") return enumName(field, item as number);
  return item as string | number | boolean;
}

function isDefault(field: Field, item: unknown): boolean {
  if (field.repeated || field.type === "bytes") return (item as { length: number }).length === 0;
  return item === undefined || item === 0 || item === 0n || item === "" || item === false;
}

const refOf = (field: Field): MessageName => present(field.ref, `${field.name} has no type`) as MessageName;

function enumName(field: Field, value: number): string {
  const entry = Object.entries(enums[field.ref ?? ""] ?? {}).find(([, number]) => number === value);
  return present(entry, `${field.name}: no name for ${value}`)[0];
}

/**
 * Decodes gateway-style JSON. Absent and null fields take their default; both snake_case and camelCase names are
 * accepted; 64-bit integers may be strings or safe numbers. Rejects with codec/malformed and the path: unknown fields,
 * because a typing error must not be dropped, and values of a wrong type or range.
 * @param at path of the message, for the name of a rejected field
 */
export function fromJson<N extends MessageName>(name: N, json: Json, at: string = name): Messages[N] | Rejection {
  const value = messageFromJson(name, json, at);
  return isRejection(value) ? value : (value as Messages[N]);
}

function messageFromJson(name: MessageName, json: Json, path: string): Value | Rejection {
  if (!isJsonObject(json)) return refuse(path, "an object");
  const out: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const field of schema[name]) {
    known.add(field.json).add(field.name);
    if (field.json !== field.name && field.json in json && field.name in json) {
      return refuse(pathTo(path, field.json), "given once");
    }
    const item = json[field.json] ?? json[field.name] ?? null;
    const value = field.repeated
      ? listFromJson(field, item, path)
      : itemFromJson(field, item, pathTo(path, field.json));
    if (isRejection(value)) return value;
    out[field.name] = value;
  }
  for (const key of Object.keys(json)) {
    if (!known.has(key)) return refuse(pathTo(path, key.slice(0, 64)), "a field of this message");
  }
  return out;
}

function listFromJson(field: Field, json: Json, path: string): readonly unknown[] | Rejection {
  if (json === null) return [];
  if (!Array.isArray(json)) return refuse(pathTo(path, field.json), "a list");
  const out: unknown[] = [];
  for (const [i, entry] of (json as readonly Json[]).entries()) {
    const at = `${pathTo(path, field.json)}[${i}]`;
    const value = entry === null ? refuse(at, "not null") : itemFromJson(field, entry, at);
    if (isRejection(value)) return value;
    out.push(value);
  }
  return out;
}

const DEFAULTS: Partial<Record<Field["type"], unknown>> = { string: "", bool: false, message: undefined };

type ItemReader = (field: Field, json: Json, path: string) => unknown;
/** Readers by type; all other types are integers. */
const READERS: Partial<Record<Field["type"], ItemReader>> = {
  message: (field, json, path) => messageFromJson(refOf(field), json, path),
  string: (_, json, path) => (typeof json === "string" && isWellFormed(json) ? json : refuse(path, "text")),
  bool: (_, json, path) => (typeof json === "boolean" ? json : refuse(path, "true or false")),
  bytes: (_, json, path) =>
    (typeof json === "string" ? (fromBase64(json) ?? fromBase64Url(json)) : undefined) ?? refuse(path, "base64"),
  enum: enumFromJson,
};

function itemFromJson(field: Field, json: Json, path: string): unknown {
  return json === null ? defaultOf(field) : (READERS[field.type] ?? integerFromJson)(field, json, path);
}

function defaultOf(field: Field): unknown {
  if (field.type === "bytes") return new Uint8Array(0);
  if (field.type in DEFAULTS) return DEFAULTS[field.type];
  return WIDE.has(field.type) ? 0n : 0;
}

function enumFromJson(field: Field, json: Json, path: string): number | Rejection {
  const values = enums[field.ref ?? ""] ?? {};
  if (typeof json === "string" && Object.hasOwn(values, json)) return values[json]!;
  if (typeof json === "number" && Object.values(values).includes(json)) return json;
  return refuse(path, `one of ${Object.keys(values).join(", ")}`);
}

function integerFromJson(field: Field, json: Json, path: string): bigint | number | Rejection {
  const bits = WIDE.has(field.type) ? 64n : 32n;
  const [min, max] = UNSIGNED.has(field.type)
    ? [0n, (1n << bits) - 1n]
    : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
  const text = typeof json === "number" && Number.isSafeInteger(json) ? String(json) : json;
  const value = typeof text === "string" && INTEGER.test(text) ? BigInt(text) : undefined;
  if (value === undefined || value < min || value > max) return refuse(path, `an integer from ${min} to ${max}`);
  return bits === 64n ? value : Number(value);
}

/** A field of what stands at `at`; empty is the whole. */
export const pathTo = (at: string, field: string): string => (at === "" ? field : `${at}.${field}`);

/** Rejects JSON that is not a valid value of a field, with codec/malformed. @param expected in words, for the error */
export function refuse(field: string, expected: string): Rejection {
  return reject(codecErrors.malformed, { field, expected });
}
