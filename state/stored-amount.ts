import { addAmount, parseAmount, subAmount } from "#proto/amount.js";
import { present } from "#proto/assert.js";

/** Sums stand in records as decimal text, as they do on the wire. @throws AssertionError: what we stored was an amount. */
export function storedAmount(text: string): bigint {
  return present(parseAmount(text), `a stored amount reads ${text}`);
}

/** The same record with some of its sums raised; amounts in base units. */
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

/** The same record with some of its sums lowered. @throws AssertionError below zero. */
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
