import { reject, type Rejection } from "../../rejection.js";
import { poaErrors } from "../errors.js";
import { checkTokenHashes } from "../token-hash.js";
import { matchTokens, pairsOf } from "./match.js";
import {
  ANSWER_TOKENS_MAX,
  isContext,
  LOOKUPS_MAX,
  NAMED_DATANETS_MAX,
  REQUEST_TOKENS_MAX,
  RUN_PAIRS_MAX,
  spanKinds,
  SPANS_MAX,
  type RuledReceipt,
  type Span,
} from "./receipt.js";
import { tokenCount } from "./tokens.js";

/**
 * Undefined for a receipt that the rule takes. Else poa/tooMany, poa/notWhole, poa/tokenClass or poa/wrongSpan. Both
 * sides check before they agree on a receipt, and the chain before it keeps an opening.
 * @param versionDatanets how many datanets the version's releases come from, its ancestors' among them
 */
export function checkReceipt(receipt: RuledReceipt, versionDatanets: number): Rejection | undefined {
  const { datanets, spans, answer } = receipt;
  const bounds = [
    ["datanets", datanets.length, NAMED_DATANETS_MAX],
    ["spans", spans.length, SPANS_MAX],
    ["answer", tokenCount(answer), ANSWER_TOKENS_MAX],
    ["request", tokensOf(spans), REQUEST_TOKENS_MAX],
    ["lookups", lookupsMax(receipt, versionDatanets), LOOKUPS_MAX],
  ] as const;
  for (const [field, count, max] of bounds) if (count > max) return reject(poaErrors.tooMany, { field, count, max });
  for (const [index, { kind, datanet, tokens }] of spans.entries()) {
    const known = kind >= spanKinds.own && kind <= spanKinds.added;
    if (!known || (datanet !== undefined && kind !== spanKinds.marked)) return reject(poaErrors.wrongSpan, { index });
    const refusal = checkTokenHashes(`spans[${index}]`, tokens, REQUEST_TOKENS_MAX);
    if (refusal !== undefined) return refusal;
  }
  return checkTokenHashes("answer", answer, ANSWER_TOKENS_MAX) ?? checkPairs(receipt);
}

/** Look-ups that the rule makes for a receipt at most (judge.ts). */
export function lookupsMax({ datanets, spans, answer }: RuledReceipt, versionDatanets: number): number {
  return (tokenCount(answer) + tokensOf(spans.filter(isContext))) * (1 + versionDatanets + datanets.length);
}

function checkPairs(receipt: RuledReceipt): Rejection | undefined {
  const count = pairsOf(matchTokens(receipt));
  return count > RUN_PAIRS_MAX ? reject(poaErrors.tooMany, { field: "pairs", count, max: RUN_PAIRS_MAX }) : undefined;
}

function tokensOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { tokens }) => sum + tokenCount(tokens), 0);
}

/** Tokens of all texts of a receipt. */
export function tokensIn({ spans, answer }: RuledReceipt): number {
  return tokensOf(spans) + tokenCount(answer);
}
