import { assert } from "./assert.js";

/**
 * A rejection is a value: somebody sent something wrong. Its codespace and code enter the result hash, its data are
 * for people and do not. Codes are permanent: never renumbered, never reused. 0 means success and is never a code.
 */
export interface ErrorCode {
  readonly codespace: string;
  readonly code: number;
  readonly name: string;
}

const REJECTION = 1n;

export interface Rejection extends ErrorCode {
  /** A bigint, under a name that no message has: nothing that was parsed looks like a rejection of ours. It crosses threads. */
  readonly rejection: typeof REJECTION;
  readonly data: Readonly<Record<string, unknown>>;
  /** The same bytes are refused for good: no later state of the chain heals it. */
  readonly lasting?: true;
}

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

export function reject(error: ErrorCode, data: Readonly<Record<string, unknown>> = {}): Rejection {
  return { rejection: REJECTION, ...error, data };
}

/** Said where it is known: of a refusal that depends on the bytes and on what a chain never changes. */
export function lasting(rejection: Rejection): Rejection {
  return { ...rejection, lasting: true };
}

export function isRejection(value: unknown): value is Rejection {
  return typeof value === "object" && value !== null && (value as { rejection?: unknown }).rejection === REJECTION;
}

/** One sentence for a person. Never hashed. */
export function rejectionText(rejection: Rejection): string {
  const words = rejection.name.replace(/[A-Z]/g, (letter) => ` ${String.fromCharCode(letter.charCodeAt(0) + 32)}`);
  const parts: string[] = [];
  for (const [key, value] of Object.entries(rejection.data)) parts.push(`${key}: ${String(value)}`);
  return parts.length === 0 ? words : `${words} (${parts.join(", ")})`;
}
