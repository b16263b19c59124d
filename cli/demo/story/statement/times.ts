import { amount, column, type Page } from "./page.js";

/** When things happened, in milliseconds of this machine's clock. */
export interface Times {
  readonly batchId: bigint;
  readonly asked: number;
  readonly redeemed: number;
  readonly settled: number;
}

/** How long it takes from an answer to its pay. */
export function timeTable(page: Page, batches: readonly Times[], paid: number): void {
  const since = (pick: (times: Times) => number) => (times: Times) => ((pick(times) - times.asked) / 1000).toFixed(0);
  page.table("From use to pay, in seconds after the questions", batches, [
    column("batch", ({ batchId }) => batchId.toString()),
    amount(
      "voucher redeemed",
      since(({ redeemed }) => redeemed),
    ),
    amount(
      "settled by every validator",
      since(({ settled }) => settled),
    ),
    amount(
      "everybody paid",
      since(() => paid),
    ),
  ]);
}
