import { parseAmount } from "#proto/amount.js";
import { BadAnswer } from "#proto/client/index.js";

/** An amount in a node's answer. @throws BadAnswer for what is no decimal text */
export function amountOf(text: string): bigint {
  const amount = parseAmount(text);
  if (amount === undefined) throw new BadAnswer(`"${text}" is not an amount`);
  return amount;
}
