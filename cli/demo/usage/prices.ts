import type { RequestText } from "#proto/attribution/issue.js";
import type { CountedTokens } from "#proto/attribution/prices.js";
import { tokenize } from "#proto/attribution/tokens.js";
import { isRejection } from "#proto/rejection.js";

/** Tokens of the canonical texts that a fee counts. */
export function countedTokens(asked: readonly Pick<RequestText, "text">[], answer: string): CountedTokens {
  const input = asked.reduce((sum, { text }) => sum + tokensOf(text), 0);
  return { input: BigInt(input), output: BigInt(tokensOf(answer)) };
}

export function tokensOf(text: string): number {
  const tokens = tokenize(text);
  return isRejection(tokens) ? 0 : tokens.count;
}
