import { amountOf } from "#proto/attribution/settled.js";
import { reasonText } from "#proto/client/words/reasons.js";
import type { Batch } from "../steps/settled.js";
import { amount, column, type Page } from "./page.js";

/** Why a part of the pools was not credited. */
export function reasonTable(page: Page, batches: readonly Batch[]): void {
  const rows = batches.flatMap(({ id, settlement }) =>
    (settlement?.reasons ?? []).map((reason) => ({ id, ...reason })),
  );
  page.table("What was credited to nobody, and why", rows, [
    column("batch", ({ id }) => id.toString()),
    column("reason", ({ reason }) => reasonText(reason)),
    amount("tokens", ({ tokens }) => (tokens === 0n ? "" : tokens.toString())),
    amount("amount", (row) => page.part(amountOf(row.amount))),
  ]);
}
