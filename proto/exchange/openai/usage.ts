import type { CountedTokens } from "../../attribution/prices.js";
import type { JsonObject } from "../../codec/json-text.js";
import type { AskedKind } from "./body.js";

/**
 * An answer, or the last chunk of a stream, with the tokens that its fee counts as `usage`: both sides can count them. What
 * the model's server counted, which nobody can check, stands under `usage.upstream`.
 * @param upstream the server's own usage, if it told one
 */
export function withUsage(
  kind: AskedKind,
  answer: JsonObject,
  { input, output }: CountedTokens,
  upstream: JsonObject | undefined,
): JsonObject {
  const counted = {
    prompt_tokens: Number(input),
    ...(kind === "embedding" ? {} : { completion_tokens: Number(output) }),
    total_tokens: Number(input + output),
  };
  return { ...answer, usage: upstream === undefined ? counted : { ...counted, upstream } };
}
