import { fromBase64 } from "../base64.js";
import { fromHex, utf8, type Bytes } from "../bytes.js";
import type { Json } from "../codec/json-text.js";
import { codespace, reject, type Rejection } from "../rejection.js";

/**
 * Kinds of JSON-RPC parameters and how each reads. In a JSON body integers come as numbers or strings, bytes as hex or
 * base64 by kind. In a URL integers stand bare or quoted, bytes as 0x hex or as a quoted string, text quoted or bare.
 */
export const paramErrors = codespace("params", { missing: 1, invalid: 2, tooMany: 3 });

/** Types of decoded parameters, by kind. */
export interface ParamTypes {
  /** 0 or absent means the latest height, as in CometBFT. */
  height: bigint;
  /** A page, a count, a chunk: 0 to 2^31-1. */
  count: number;
  bool: boolean;
  text: string;
  hexBytes: Bytes;
  bytes: Bytes;
}
/** Kinds of parameters. */
export type ParamKind = keyof ParamTypes;

/** A row of the table: kind, whether it is optional, and its description. */
export interface Param<K extends ParamKind = ParamKind, O extends boolean = boolean> {
  readonly kind: K;
  readonly optional: O;
  readonly doc: string;
}
/** A required parameter. */
export const required = <K extends ParamKind>(kind: K, doc: string): Param<K, false> => ({
  kind,
  optional: false,
  doc,
});
/** An optional parameter. */
export const optional = <K extends ParamKind>(kind: K, doc: string): Param<K, true> => ({ kind, optional: true, doc });

const INTEGER = /^(?:0|[1-9][0-9]{0,18})$/;
const HEIGHT_MAX = (1n << 63n) - 1n;
const COUNT_MAX = 2 ** 31 - 1;

function parseInteger(json: Json, max: bigint): bigint | undefined {
  const text = typeof json === "number" && Number.isSafeInteger(json) ? String(json) : json;
  if (typeof text !== "string" || !INTEGER.test(text)) return undefined;
  const value = BigInt(text);
  return value <= max ? value : undefined;
}

type Parser<T> = (json: Json) => T | undefined;

/** The value of a JSON body. Undefined is what does not fit; the caller names the parameter. */
const FROM_JSON: { readonly [K in ParamKind]: Parser<ParamTypes[K]> } = {
  height: (json) => parseInteger(json, HEIGHT_MAX),
  count: (json) => {
    const value = parseInteger(json, BigInt(COUNT_MAX));
    return value === undefined ? undefined : Number(value);
  },
  bool: (json) => (typeof json === "boolean" ? json : undefined),
  text: (json) => (typeof json === "string" ? json : undefined),
  hexBytes: (json) => (typeof json === "string" ? fromHex(json) : undefined),
  bytes: (json) => (typeof json === "string" ? fromBase64(json) : undefined),
};

const EXPECTED: Readonly<Record<ParamKind, string>> = {
  height: "a height of 0 or more, as a decimal string or number",
  count: "a whole number of 0 or more, as a decimal string or number",
  bool: "true or false",
  text: "a string",
  hexBytes: "hex without 0x (in a URL: 0x and hex)",
  bytes: "base64 (in a URL: 0x and hex)",
};

/**
 * The value of a parameter in a JSON body; undefined if it is absent and optional; else params/missing or
 * params/invalid.
 */
export function paramFromJson(name: string, param: Param, json: Json | undefined): unknown {
  if (json === undefined || json === null) {
    return param.optional ? undefined : reject(paramErrors.missing, { param: name, expected: EXPECTED[param.kind] });
  }
  return FROM_JSON[param.kind](json) ?? invalid(name, param);
}

function invalid(name: string, param: Param): Rejection {
  return reject(paramErrors.invalid, { param: name, expected: EXPECTED[param.kind] });
}

/** One value of a URL's query. An empty one counts as absent, as in CometBFT. */
export function paramFromUrl(name: string, param: Param, text: string | undefined): unknown {
  if (text === undefined || text === "") return paramFromJson(name, param, undefined);
  const quoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : undefined;
  const hex = /^0x/i.test(text) ? fromHex(text.slice(2)) : undefined;
  switch (param.kind) {
    case "bytes":
    case "hexBytes":
      return hex ?? (quoted === undefined ? invalid(name, param) : utf8(quoted));
    case "text":
      return quoted ?? text;
    case "bool":
      return text === "true" || text === "false" ? text === "true" : invalid(name, param);
    case "height":
    case "count":
      return FROM_JSON[param.kind](quoted ?? text) ?? invalid(name, param);
  }
}
