import type { Batch } from "../steps/open.js";
import { amount, column, type Page } from "./page.js";

interface Row {
  readonly part: string;
  readonly of: (batch: Batch) => bigint;
}

const parts: readonly Row[] = [
  { part: "paid by consumers", of: ({ fees }) => fees },
  { part: "  burned (3 %)", of: ({ burned }) => burned },
  { part: "  validators (2 %)", of: ({ validators }) => validators },
  { part: "  contributor pool (30 %)", of: ({ pool }) => pool },
  { part: "    credited to contributions", of: ({ settlement }) => settlement?.credited ?? 0n },
  { part: "    residual", of: ({ settlement }) => settlement?.residual ?? 0n },
  { part: "  provider (20 %)", of: ({ providerShare }) => providerShare },
  { part: "    forfeited for withheld receipts", of: ({ settlement }) => settlement?.forfeited ?? 0n },
  { part: "  royalties of ancestors", of: ({ royalties }) => royalties },
  { part: "  owner of the version", of: ({ ownerShare }) => ownerShare },
];

/** Where the fees of each batch went. */
export function feeTable(page: Page, batches: readonly Batch[]): void {
  page.table("Where the fees went", parts, [
    column("part", ({ part }) => part),
    ...batches.map((batch) => amount<Row>(`batch ${batch.id}`, ({ of }) => page.coin(of(batch)))),
    amount("together", ({ of }) => page.coin(batches.reduce((sum, batch) => sum + of(batch), 0n))),
  ]);
}
