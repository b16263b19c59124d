import { AMOUNT_MAX, mulDivCeil, parseAmount } from "#proto/amount.js";
import { usage } from "../fault.js";
import type { Coin } from "../coins.js";

/** A price of one unit of gas: amount = gas * numerator / denominator, rounded up. */
export interface GasPrice {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly denom: string;
}

const DIGITS_MAX = 18;

/** "0.0025utrib". @throws CliFault(usage) */
export function parseGasPrice(text: string): GasPrice {
  const match = /^([0-9]{1,20})(?:\.([0-9]{1,18}))?([a-zA-Z][a-zA-Z0-9/:._-]{1,127})$/.exec(text);
  if (match === null) {
    throw usage(
      `"${text}" is not a price of gas`,
      `like 0.0025utrib, with at most ${DIGITS_MAX} digits after the decimal point`,
    );
  }
  const [, whole = "0", fraction = "", denom = ""] = match;
  return { numerator: BigInt(whole + fraction), denominator: 10n ** BigInt(fraction.length), denom };
}

export function feeFor(gasLimit: bigint, price: GasPrice): Coin {
  return { denom: price.denom, amount: mulDivCeil(gasLimit, price.numerator, price.denominator) };
}

/** A simulation's gas times the adjustment (1.4: two digits count), rounded up. */
export function adjustedGas(gasUsed: bigint, adjustment: number): bigint {
  return mulDivCeil(gasUsed, BigInt(Math.round(adjustment * 100)), 100n);
}

/** "auto" or a number. */
export function parseGas(text: string): bigint | "auto" {
  if (text === "auto") return "auto";
  const gas = parseAmount(text);
  if (gas === undefined || gas === 0n || gas > AMOUNT_MAX >> 65n) {
    throw usage(`--gas is "auto" or a number, not "${text}"`);
  }
  return gas;
}
