import type { RequestText } from "#proto/attribution/issue.js";
import { tokenize } from "#proto/attribution/tokens.js";
import { isRejection } from "#proto/rejection.js";

/** What a version charges, in base units; fixed when it is published. */
export interface Prices {
  readonly pricePerCall: bigint;
  readonly pricePerInputToken: bigint;
  readonly pricePerOutputToken: bigint;
}

/** The fee of one answer. Tokens are those of the canonical text, so that both sides count the same. */
export function feeOf(prices: Prices, asked: readonly Pick<RequestText, "text">[], answer: string): bigint {
  const input = asked.reduce((sum, { text }) => sum + tokensOf(text), 0);
  return (
    prices.pricePerCall +
    prices.pricePerInputToken * BigInt(input) +
    prices.pricePerOutputToken * BigInt(tokensOf(answer))
  );
}

export function tokensOf(text: string): number {
  const tokens = tokenize(text);
  return isRejection(tokens) ? 0 : tokens.count;
}
