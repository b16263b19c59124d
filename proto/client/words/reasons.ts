import { residualReasons } from "../../attribution/rule/reasons.js";

/** Why a token, or another part of a pool, is unpaid, in words. */
const words: Readonly<Record<keyof typeof residualReasons, string>> = {
  promptEcho: "the user's own words",
  common: "a common phrase",
  repeated: "the answer said it before",
  unmatched: "nobody contributed it",
  notEligible: "only contributions without a licence hold it",
  noTokens: "the answer has no words",
  withheld: "the drawn receipt was not opened",
  rounding: "cut off by the division",
  notAudited: "no audited receipt stands for the fee",
};

/** A code of the table as words; "code 17" for one that this version does not know. */
export function reasonText(code: number): string {
  const name = Object.entries(residualReasons).find(([, value]) => value === code)?.[0];
  return name === undefined ? `code ${code}` : words[name as keyof typeof words];
}
