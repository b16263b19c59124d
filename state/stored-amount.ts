import { addAmount, parseAmount, subAmount } from "#proto/amount.js";
import { present } from "#proto/assert.js";

/** Parses an amount of a record, stored as decimal text. Asserts its format. */
export function storedAmount(text: string): bigint {
  return present(parseAmount(text), `a stored amount reads ${text}`);
}

/** The record with some amounts raised, in base units. Asserts that they fit 128 bits. */
export function raised<T extends { readonly [K in keyof T]: unknown }>(
  record: T,
  by: { readonly [K in keyof T]?: bigint },
): T {
  const out: Record<string, unknown> = { ...record };
  for (const [field, amount] of Object.entries(by)) {
    out[field] = addAmount(storedAmount(out[field] as string), amount as bigint).toString();
  }
  return out as T;
}

/** The record with some amounts lowered, in base units. Asserts that none falls below zero. */
export function lowered<T extends { readonly [K in keyof T]: unknown }>(
  record: T,
  by: { readonly [K in keyof T]?: bigint },
): T {
  const out: Record<string, unknown> = { ...record };
  for (const [field, amount] of Object.entries(by)) {
    out[field] = subAmount(storedAmount(out[field] as string), amount as bigint).toString();
  }
  return out as T;
}
