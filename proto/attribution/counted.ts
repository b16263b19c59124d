import type { RequestText } from "./issue.js";
import { isRejection, type Rejection } from "../rejection.js";
import type { CountedTokens } from "./prices.js";
import { tokenize } from "./tokens.js";

/**
 * Tokens of the canonical texts that a fee counts. Rejects what does not tokenize.
 * @param added texts that the provider put before the model
 */
export function countedTokens(
  asked: readonly Pick<RequestText, "text">[],
  added: readonly string[],
  answer: string,
): CountedTokens | Rejection {
  let input = 0;
  for (const text of [...asked.map((one) => one.text), ...added]) {
    const tokens = tokenize(text);
    if (isRejection(tokens)) return tokens;
    input += tokens.count;
  }
  const output = tokenize(answer);
  return isRejection(output) ? output : { input: BigInt(input), output: BigInt(output.count) };
}
