import Long from "long";
import root from "../gen/all.js";
import { enums, schema, type Field } from "../gen/schema.js";
import type { Messages } from "../gen/types.js";
import { assert, present } from "../assert.js";
import { equalBytes, type Bytes } from "../bytes.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";

/**
 * The only user of generated code. Values have bigint for 64-bit integers, and every field; sub-messages may be undefined.
 * Each value has exactly one byte string: unknown, repeated, unordered, explicit default and padded fields are rejected.
 */
export type MessageName = keyof Messages;
export type { Messages };

/** Reasons to reject the bytes or the JSON of a message. */
export const codecErrors = codespace("codec", {
  tooLarge: 1, // { message, size, max }
  malformed: 2, // { message } of bytes, { field, expected } of JSON
  notCanonical: 3, // { message }: not the one encoding of its value
  outOfRange: 4, // { field, value }: an enum value that the schema does not have
});

/** The codec of one message. */
export interface MessageCodec<T> {
  readonly name: MessageName;
  /** Canonical bytes. @throws AssertionError for a value that its type does not allow (a bug of the caller). */
  encode(value: T): Bytes;
  /**
   * Total: rejects everything but the canonical encoding, and bytes above `bytesMax` (BYTES_MAX_DEFAULT) before
   * anything is allocated.
   */
  decode(bytes: Bytes, bytesMax?: number): T | Rejection;
  /** Of bytes that `encode` has made: that they are the one encoding of their value is not compared again. */
  decodeOwn(bytes: Bytes): T | Rejection;
}

interface Generated {
  encode(value: object): { finish(): Bytes };
  decode(bytes: Bytes): Record<string, unknown>;
}

const INT_RANGE: Partial<Record<Field["type"], readonly [number, number]>> = {
  uint32: [0, 2 ** 32 - 1],
  fixed32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  sint32: [-(2 ** 31), 2 ** 31 - 1],
  sfixed32: [-(2 ** 31), 2 ** 31 - 1],
};
const U64_MAX = (1n << 64n) - 1n;
const I64 = [-(1n << 63n), (1n << 63n) - 1n] as const;
const isUnsigned = (type: Field["type"]): boolean => type === "uint64" || type === "fixed64";

/** Default bound of a message's size: 8 MiB. */
export const BYTES_MAX_DEFAULT = 8 * 1024 * 1024;

/** The codec of a message, by its full name. */
export function message<N extends MessageName>(name: N): MessageCodec<Messages[N]> {
  let generated: Generated | undefined; // Looked up late: modules may load in any order.
  const wire = (): Generated => (generated ??= lookUp(name));
  const read = (bytes: Bytes): Record<string, unknown> | Rejection => {
    let raw: Record<string, unknown>;
    try {
      raw = wire().decode(bytes);
    } catch {
      return reject(codecErrors.malformed, { message: name }); // The library throws for malformed bytes.
    }
    return fromWire(name, raw);
  };
  return {
    name,
    encode: (value) =>
      wire()
        .encode(toWire(name, value as Record<string, unknown>))
        .finish(),
    decode(bytes, bytesMax = BYTES_MAX_DEFAULT) {
      if (bytes.length > bytesMax) {
        return reject(codecErrors.tooLarge, { message: name, size: bytes.length, max: bytesMax });
      }
      const value = read(bytes);
      if (isRejection(value)) return value;
      if (!equalBytes(wire().encode(toWire(name, value)).finish(), bytes)) {
        return reject(codecErrors.notCanonical, { message: name });
      }
      return value as Messages[N];
    },
    decodeOwn: (bytes) => read(bytes) as Messages[N] | Rejection,
  };
}

/** A message with the default in every field. */
export function emptyMessage<N extends MessageName>(name: N): Messages[N] {
  const out: Record<string, unknown> = {};
  for (const field of schema[name]) out[field.name] = field.repeated ? [] : ZERO[field.type];
  return out as Messages[N];
}

const ZERO: Readonly<Record<Field["type"], unknown>> = {
  ...{ uint64: 0n, int64: 0n, sint64: 0n, fixed64: 0n, sfixed64: 0n },
  ...{ uint32: 0, int32: 0, sint32: 0, fixed32: 0, sfixed32: 0, enum: 0 },
  ...{ bool: false, string: "", bytes: new Uint8Array(0), message: undefined },
};

function lookUp(name: string): Generated {
  let node: unknown = root;
  for (const part of name.split(".")) node = (node as Record<string, unknown>)[part];
  return present(node as Generated | undefined, `no generated code for ${name}`);
}

/** Omits default values: our code never relies on the presence of a scalar. */
function toWire(name: MessageName, value: Record<string, unknown>): object {
  const out: Record<string, unknown> = {};
  for (const field of schema[name]) {
    const item = value[field.name];
    if (field.repeated) {
      const list = item as readonly unknown[];
      assert(Array.isArray(list), `${name}.${field.name} is not a list`);
      if (list.length > 0) out[field.name] = list.map((entry) => scalarToWire(name, field, entry));
    } else if (!isDefault(field, item)) out[field.name] = scalarToWire(name, field, item);
  }
  return out;
}

function isDefault(field: Field, value: unknown): boolean {
  if (value === undefined) return field.type === "message";
  if (field.type === "bytes") return (value as Bytes).length === 0;
  return value === 0 || value === 0n || value === "" || value === false;
}

function scalarToWire(name: MessageName, field: Field, value: unknown): unknown {
  const where = `${name}.${field.name}`;
  switch (field.type) {
    case "message":
      return toWire(field.ref as MessageName, value as Record<string, unknown>);
    case "uint64":
    case "fixed64":
      assert(typeof value === "bigint" && value >= 0n && value <= U64_MAX, `${where} is not a u64`);
      return Long.fromBigInt(value, true);
    case "int64":
    case "sint64":
    case "sfixed64":
      assert(typeof value === "bigint" && value >= I64[0] && value <= I64[1], `${where} is not an i64`);
      return Long.fromBigInt(value, false);
    case "bytes":
      assert(value instanceof Uint8Array, `${where} is not bytes`);
      return value;
    case "string":
      assert(typeof value === "string" && isWellFormed(value), `${where} is not well-formed text`);
      return value;
    case "bool":
      assert(typeof value === "boolean", `${where} is not a boolean`);
      return value;
    case "enum":
      assert(typeof value === "number" && knownEnum(field, value), `${where} is not a value of ${field.ref}`);
      return value;
    case "uint32":
    case "fixed32":
    case "int32":
    case "sint32":
    case "sfixed32": {
      const [min, max] = present(INT_RANGE[field.type], field.type);
      assert(
        typeof value === "number" && Number.isInteger(value) && value >= min && value <= max,
        `${where} is out of range`,
      );
      return value;
    }
  }
}

/** Whether the text has no lone surrogates, which UTF-8 cannot encode. */
export function isWellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(i + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
    i++;
  }
  return true;
}

function knownEnum(field: Field, value: number): boolean {
  return Object.values(enums[field.ref ?? ""] ?? {}).includes(value);
}

function fromWire(name: MessageName, raw: Record<string, unknown>): Record<string, unknown> | Rejection {
  const out: Record<string, unknown> = {};
  for (const field of schema[name]) {
    const item = raw[field.name];
    if (field.repeated) {
      const list: unknown[] = [];
      for (const entry of (item as readonly unknown[] | undefined) ?? []) {
        const value = scalarFromWire(field, entry);
        if (isRejection(value)) return value;
        list.push(value);
      }
      out[field.name] = list;
    } else {
      const value = scalarFromWire(field, item);
      if (isRejection(value)) return value;
      out[field.name] = value;
    }
  }
  return out;
}

function scalarFromWire(field: Field, value: unknown): unknown {
  if (field.type === "message") {
    if (value === undefined || value === null) return undefined;
    return fromWire(field.ref as MessageName, value as Record<string, unknown>);
  }
  if (Long.isLong(value)) {
    const wide = value.toBigInt();
    return isUnsigned(field.type) ? BigInt.asUintN(64, wide) : wide;
  }
  if (field.type === "bytes") return detach(value as Bytes | readonly number[]);
  if (field.type === "enum" && !knownEnum(field, value as number)) {
    return reject(codecErrors.outOfRange, { field: field.name, value });
  }
  return value;
}

/** A copy: generated code returns views of the frame, which would keep the whole frame in memory. */
function detach(value: Bytes | readonly number[]): Bytes {
  return new Uint8Array(value); // Copies a typed array at once; the library gives an empty list where the field is absent.
}
