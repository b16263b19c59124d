import { assert } from "./assert.js";

/**
 * Largest amount in base units (1 TRIB = 10^6 utrib): amounts are unsigned 128-bit. Only cli and explorer use display
 * units.
 */
export const AMOUNT_MAX = (1n << 128n) - 1n;
/** Basis points in a whole: 10,000. */
export const BASIS_POINTS = 10_000n;

const DECIMAL = /^(0|[1-9][0-9]{0,38})$/;

/** Parses a decimal amount: no sign, no leading zero, no space, at most 2^128 - 1. Undefined for anything else. */
export function parseAmount(text: string): bigint | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = BigInt(text);
  return value <= AMOUNT_MAX ? value : undefined;
}

/** a + b. Asserts that both are not negative and the sum fits 128 bits. */
export function addAmount(a: bigint, b: bigint): bigint {
  const sum = a + b;
  assert(a >= 0n && b >= 0n && sum <= AMOUNT_MAX, "amount above 128 bits");
  return sum;
}

/** a - b. Asserts that b is not negative and not above a. */
export function subAmount(a: bigint, b: bigint): bigint {
  assert(b >= 0n && a >= b, "amount below zero");
  return a - b;
}

/**
 * floor(value * numerator / denominator). Asserts non-negative values and a positive denominator. The caller decides
 * who gets the remainder.
 */
export function mulDivFloor(value: bigint, numerator: bigint, denominator: bigint): bigint {
  assert(value >= 0n && numerator >= 0n && denominator > 0n, "mulDivFloor of a negative or by zero");
  return (value * numerator) / denominator;
}

/** ceil(value * numerator / denominator), for amounts whose remainder the payer owes. Asserts as mulDivFloor. */
export function mulDivCeil(value: bigint, numerator: bigint, denominator: bigint): bigint {
  assert(value >= 0n && numerator >= 0n && denominator > 0n, "mulDivCeil of a negative or by zero");
  return (value * numerator + denominator - 1n) / denominator;
}

/** The share of a value in basis points, rounded down. */
export function shareFloor(value: bigint, basisPoints: bigint): bigint {
  return mulDivFloor(value, basisPoints, BASIS_POINTS);
}

/** Credits, residual and the payout ledger are in billionths of the base unit; payments are whole base units. */
export const BILLIONTHS = 1_000_000_000n;

/** Billionths as base units: "12", or "12.5" with up to nine decimals. Needs billionths >= 0. */
export function unitsText(billionths: bigint): string {
  const rest = billionths % BILLIONTHS;
  const whole = (billionths / BILLIONTHS).toString();
  return rest === 0n ? whole : `${whole}.${rest.toString().padStart(9, "0").replace(/0+$/, "")}`;
}
