import { lookupsMax, tokensIn } from "./rule/check.js";
import { matchTokens, pairsOf } from "./rule/match.js";
import type { RuledReceipt } from "./rule/receipt.js";
import type { Ruling } from "./rule/rule.js";
import { tokenCount } from "./rule/tokens.js";

/**
 * The unit of a settlement's work is a look-up in the index of windows. What else settling does is counted in the same
 * unit; `npm run bench -- attribution` measures what one costs.
 */
export const WORK = {
  /** A receipt is read and its texts are put together. */
  receipt: 500,
  /** A token of it is hashed into its window and decided. */
  token: 4,
  /** Pairs of equal tokens that runs compare, for one unit. */
  pairsPerUnit: 16,
  /** A datanet of the version's releases is found when a block goes on with its batch. */
  datanet: 40,
  /** A voucher of the batch is read when a block goes on with it. */
  voucher: 40,
  /** A row of a credit, a contest or a use is written. */
  row: 100,
  /** A credit is booked with the ledger. */
  booking: 400,
} as const;

/** Work of one receipt that was decided. @param rows that it adds to the batch */
export function receiptWork(
  receipt: RuledReceipt,
  { lookups, pairs }: Pick<Ruling, "lookups" | "pairs">,
  rows: number,
): number {
  const { pairsPerUnit, token, row } = WORK;
  return WORK.receipt + lookups + Math.ceil(pairs / pairsPerUnit) + tokensIn(receipt) * token + rows * row;
}

/**
 * Work that a receipt can need, known when it is opened: every window is looked up everywhere, and each eighth token of the
 * answer, a window of words, is another contribution's.
 * @param versionDatanets as for `checkReceipt`
 */
export function workMax(receipt: RuledReceipt, versionDatanets: number): number {
  const most = { lookups: lookupsMax(receipt, versionDatanets), pairs: pairsOf(matchTokens(receipt)) };
  return receiptWork(receipt, most, Math.ceil(tokenCount(receipt.answer) / 8));
}
