import { assert } from "./assert.js";

/** Amounts are base units (1 TRIB = 10^6 utrib) in unsigned 128 bits. Display units exist only in cli and explorer. */
export const AMOUNT_MAX = (1n << 128n) - 1n;
export const BASIS_POINTS = 10_000n;

const DECIMAL = /^(0|[1-9][0-9]{0,38})$/;

/** The one decimal grammar: no sign, no leading zero, no space, at most 2^128-1. Anything else is undefined. */
export function parseAmount(text: string): bigint | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = BigInt(text);
  return value <= AMOUNT_MAX ? value : undefined;
}

export function addAmount(a: bigint, b: bigint): bigint {
  const sum = a + b;
  assert(a >= 0n && b >= 0n && sum <= AMOUNT_MAX, "amount above 128 bits");
  return sum;
}

export function subAmount(a: bigint, b: bigint): bigint {
  assert(b >= 0n && a >= b, "amount below zero");
  return a - b;
}

/** value * numerator / denominator, cut off; the caller says who owns what is cut. */
export function mulDivFloor(value: bigint, numerator: bigint, denominator: bigint): bigint {
  assert(value >= 0n && numerator >= 0n && denominator > 0n, "mulDivFloor of a negative or by zero");
  return (value * numerator) / denominator;
}

/** Rounds up; used where the payer owes the remainder. */
export function mulDivCeil(value: bigint, numerator: bigint, denominator: bigint): bigint {
  assert(value >= 0n && numerator >= 0n && denominator > 0n, "mulDivCeil of a negative or by zero");
  return (value * numerator + denominator - 1n) / denominator;
}

export function shareFloor(value: bigint, basisPoints: bigint): bigint {
  return mulDivFloor(value, basisPoints, BASIS_POINTS);
}
