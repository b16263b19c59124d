import { residualReasons } from "#proto/attribution/credit.js";
import type { Batch } from "../steps/open.js";
import { amount, column, type Page } from "./page.js";

/** The codes of proto/attribution in words. */
const words: Readonly<Record<keyof typeof residualReasons, string>> = {
  promptEcho: "the prompt held the phrase already",
  common: "a common phrase",
  repeated: "paid often enough in this batch",
  unmatched: "nobody committed the phrase",
  notEligible: "only contributions outside the release hold it",
  noPositions: "the answer is too short",
  withheld: "the drawn receipt was not opened",
  rounding: "cut off by the division among positions",
  notAudited: "no audited receipt stands for it",
};

export function reasonText(code: number): string {
  const name = Object.entries(residualReasons).find(([, value]) => value === code)?.[0];
  return name === undefined ? `code ${code}` : words[name as keyof typeof words];
}

/** Why a part of the pools was credited to nobody. */
export function reasonTable(page: Page, batches: readonly Batch[]): void {
  const rows = batches.flatMap(({ id, settlement }) =>
    (settlement?.reasons ?? []).map((reason) => ({ id, ...reason })),
  );
  page.table("What was credited to nobody, and why", rows, [
    column("batch", ({ id }) => id.toString()),
    column("code", ({ reason }) => String(reason)),
    column("reason", ({ reason }) => reasonText(reason)),
    amount("times", ({ count }) => count.toString()),
    amount("amount", (row) => page.coin(row.amount)),
  ]);
}
