import type { Messages } from "../codec/message.js";

/** Prices of a version, in base units; fixed when it is published. */
export type Prices = Messages["tributary.attribution.v1.Prices"];

/** Tokens of the text profile that a fee counts. */
export interface CountedTokens {
  /** Of the request and of what the provider added to it. */
  readonly input: bigint;
  /** Of the answer. */
  readonly output: bigint;
}

/** The fee of an answer by the version's prices, in base units. */
export function feeByPrices(prices: Prices, { input, output }: CountedTokens): bigint {
  return prices.pricePerCall + prices.pricePerInputToken * input + prices.pricePerOutputToken * output;
}

/** The first price that differs, by the name of its field. */
export function differentPrice(have: Prices, need: Prices): string | undefined {
  return PRICES.find(([, key]) => have[key] !== need[key])?.[0];
}

const PRICES = [
  ["price_per_call", "pricePerCall"],
  ["price_per_input_token", "pricePerInputToken"],
  ["price_per_output_token", "pricePerOutputToken"],
] as const;
