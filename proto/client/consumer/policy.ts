import type { RequestText } from "../../attribution/issue.js";
import { countedTokens } from "../../attribution/counted.js";
import { feeByPrices, type Prices } from "../../attribution/prices.js";
import type { Marking } from "../../exchange/http-request.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import { consumerErrors } from "./errors.js";

/** What the owner of a consumer allows, for every request. */
export interface Policy {
  /** The most that one answer may cost, in base units. */
  readonly requestMax: bigint;
  /** Tokens of an answer that is paid for where the application names no limit. */
  readonly answerTokens: number;
  /** Tokens of passages that a provider may put before the model, at the price of the request's. */
  readonly addedTokens: number;
  readonly marking: Marking;
  /** Ascending: datanets that may be paid for context, beside the version's own. */
  readonly datanets: readonly bigint[];
  /** Every receipt is to be opened, as far as the chain's bound goes. */
  readonly openAll: boolean;
}

/**
 * The most that the answer to a request may cost: by the version's prices, and never above the owner's cap. Rejects
 * consumer/overCap when the request alone costs more, and what does not tokenize.
 */
export function feeMaxOf(
  { requestMax, answerTokens, addedTokens }: Policy,
  prices: Prices,
  asked: { readonly texts: readonly RequestText[]; readonly answerTokens: number | undefined },
): bigint | Rejection {
  const counted = countedTokens(asked.texts, [], "");
  if (isRejection(counted)) return counted;
  const need = feeByPrices(prices, counted);
  if (need > requestMax) return reject(consumerErrors.overCap, { cap: "request", have: requestMax, need });
  const output = BigInt(asked.answerTokens ?? answerTokens);
  const most = feeByPrices(prices, { input: counted.input + BigInt(addedTokens), output });
  return most < requestMax ? most : requestMax;
}
