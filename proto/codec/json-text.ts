import { isWellFormed } from "./message.js";
import { codespace, reject, type Rejection } from "../rejection.js";

/**
 * Untrusted JSON (RFC 8259), read the same way by every node: rejects duplicate keys, lone surrogates, integers that a
 * double cannot hold exactly, and nesting beyond the limit. Objects have no prototype, so `__proto__` is an ordinary key.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object without a prototype. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Reasons to reject a JSON text. */
export const jsonErrors = codespace("json", {
  malformed: 1, // { at }
  duplicateKey: 2, // { key }
  unsafeNumber: 3, // { at, fix }
  tooDeep: 4, // { max }
  notText: 5, // { at }: a lone surrogate
});

/** Default bound of nesting. */
export const JSON_DEPTH_MAX = 32;

/** Parses JSON. Total: rejects with the position. The caller bounds the length of the text. */
export function parseJson(text: string, depthMax: number = JSON_DEPTH_MAX): Json | Rejection {
  const reader = new Reader(text, depthMax);
  const value = reader.value(0);
  if (reader.failure !== undefined) return reader.failure;
  reader.space();
  return reader.at === text.length ? value : reject(jsonErrors.malformed, { at: reader.at });
}

/** Whether the value is an object: not null, not a list. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
// The body of a string up to its closing quote: no control character, only the escapes of the RFC.
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const LITERALS: readonly (readonly [string, Json])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

class Reader {
  at = 0;
  failure: Rejection | undefined;
  readonly text: string;
  readonly depthMax: number;

  constructor(text: string, depthMax: number) {
    this.text = text;
    this.depthMax = depthMax;
  }

  /** Sticky match at the current place, moving past it. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match[0];
  }

  space(): void {
    this.take(SPACE);
  }

  fail(failure: Rejection): null {
    this.failure ??= failure;
    return null;
  }

  malformed(): null {
    return this.fail(reject(jsonErrors.malformed, { at: this.at }));
  }

  value(depth: number): Json {
    if (depth > this.depthMax) return this.fail(reject(jsonErrors.tooDeep, { max: this.depthMax }));
    this.space();
    const first = this.text[this.at];
    if (first === "{") return this.object(depth);
    if (first === "[") return this.array(depth);
    if (first === '"') return this.string();
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  number(): number | null {
    const source = this.take(NUMBER);
    if (source === undefined) return this.malformed();
    const value = Number(source);
    const exact = /[.eE]/.test(source) ? Number.isFinite(value) : Number.isSafeInteger(value);
    return exact
      ? value
      : this.fail(reject(jsonErrors.unsafeNumber, { at: this.at, fix: "send 64-bit numbers as strings" }));
  }

  string(): string | null {
    const source = this.take(STRING);
    if (source === undefined) return this.malformed();
    const text = source.includes("\\") ? (JSON.parse(source) as string) : source.slice(1, -1);
    return isWellFormed(text) ? text : this.fail(reject(jsonErrors.notText, { at: this.at }));
  }

  array(depth: number): Json {
    const out: Json[] = [];
    this.at++;
    this.space();
    if (this.skip("]")) return out;
    while (this.failure === undefined) {
      out.push(this.value(depth + 1));
      this.space();
      if (this.skip("]")) return out;
      if (!this.skip(",")) return this.malformed();
    }
    return null;
  }

  object(depth: number): Json {
    const out: Record<string, Json> = Object.create(null) as Record<string, Json>;
    this.at++;
    this.space();
    if (this.skip("}")) return out;
    while (this.failure === undefined) {
      this.space();
      const key = this.string();
      if (key === null) return null;
      if (key in out) return this.fail(reject(jsonErrors.duplicateKey, { key: key.slice(0, 64) }));
      this.space();
      if (!this.skip(":")) return this.malformed();
      out[key] = this.value(depth + 1);
      this.space();
      if (this.skip("}")) return out;
      if (!this.skip(",")) return this.malformed();
    }
    return null;
  }

  skip(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }
}
