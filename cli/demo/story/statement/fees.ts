import { BILLIONTHS } from "#proto/amount.js";
import { amountOf } from "#proto/attribution/settled.js";
import type { Batch } from "../steps/settled.js";
import { amount, column, type Page } from "./page.js";

interface Row {
  readonly part: string;
  /** Billionths. */
  readonly of: (batch: Batch) => bigint;
}

const whole = (part: string, of: (batch: Batch) => bigint): Row => ({ part, of: (batch) => of(batch) * BILLIONTHS });
const settled = (part: string, name: "credited" | "contested" | "residual"): Row => ({
  part,
  of: ({ settlement }) => amountOf(settlement?.[name] ?? "0"),
});

const parts: readonly Row[] = [
  whole("paid by consumers", ({ fees }) => fees),
  whole("  burned (3 %)", ({ burned }) => burned),
  whole("  validators (2 %)", ({ validators }) => validators),
  whole("  contributor pool (30 %)", ({ pool }) => pool),
  settled("    credited to contributions", "credited"),
  settled("      contested, and waiting", "contested"),
  settled("    residual", "residual"),
  whole("  provider (20 %)", ({ providerShare }) => providerShare),
  whole("    forfeited for withheld receipts", ({ settlement }) => settlement?.forfeited ?? 0n),
  whole("  royalties of ancestors", ({ royalties }) => royalties),
  whole("  owner of the version", ({ ownerShare }) => ownerShare),
];

/** Where the fees of each batch went. */
export function feeTable(page: Page, batches: readonly Batch[]): void {
  page.table("Where the fees went", parts, [
    column("part", ({ part }) => part),
    ...batches.map((batch) => amount<Row>(`batch ${batch.id}`, ({ of }) => page.part(of(batch)))),
    amount("together", ({ of }) => page.part(batches.reduce((sum, batch) => sum + of(batch), 0n))),
  ]);
}
