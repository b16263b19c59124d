import { assert } from "./assert.js";

/**
 * A rejection is a value: the input is invalid. Its codespace and code enter the result hash; its data is for people and
 * does not. Codes are permanent: never renumbered, never reused. 0 means success and is never a code.
 */
export interface ErrorCode {
  readonly codespace: string;
  readonly code: number;
  readonly name: string;
}

const REJECTION = 1n;

/** A rejection as a value. It never leaves the process as such, but crosses threads. */
export interface Rejection extends ErrorCode {
  /** Marks our rejections: a bigint, under a name that no message has, so no parsed value looks like one. */
  readonly rejection: typeof REJECTION;
  readonly data: Readonly<Record<string, unknown>>;
  /** The same bytes will always be rejected: no later state of the chain accepts them. */
  readonly lasting?: true;
}

/** Defines the codes of a codespace. AssertionError for a code of 0 or a duplicate. */
export function codespace<const T extends Record<string, number>>(
  name: string,
  codes: T,
): { readonly [K in keyof T & string]: ErrorCode } {
  const seen = new Set<number>();
  const out: Record<string, ErrorCode> = {};
  for (const [key, code] of Object.entries(codes)) {
    assert(code !== 0 && !seen.has(code), `${name}.${key}: code ${code} is taken`);
    seen.add(code);
    out[key] = { codespace: name, code, name: key };
  }
  return out as { readonly [K in keyof T & string]: ErrorCode };
}

/** Makes a rejection. @param data for people; not part of the result hash */
export function reject(error: ErrorCode, data: Readonly<Record<string, unknown>> = {}): Rejection {
  return { rejection: REJECTION, ...error, data };
}

/** Marks a rejection that depends only on the bytes and on what the chain never changes. */
export function lasting(rejection: Rejection): Rejection {
  return { ...rejection, lasting: true };
}

/** Whether a value is a rejection made by `reject`. */
export function isRejection(value: unknown): value is Rejection {
  return typeof value === "object" && value !== null && (value as { rejection?: unknown }).rejection === REJECTION;
}

/** The rejection as one sentence for people, such as "wrong root (field: path)". Never hashed. */
export function rejectionText(rejection: Rejection): string {
  const words = rejection.name.replace(/[A-Z]/g, (letter) => ` ${String.fromCharCode(letter.charCodeAt(0) + 32)}`);
  const parts: string[] = [];
  for (const [key, value] of Object.entries(rejection.data)) parts.push(`${key}: ${String(value)}`);
  return parts.length === 0 ? words : `${words} (${parts.join(", ")})`;
}
