import type { BatchVerdict } from "#proto/client/verify/index.js";
import type { Contributed } from "../steps/contribute.js";
import { amount, column, type Page } from "./page.js";

interface Row {
  readonly batch: bigint;
  readonly paid: bigint;
  readonly senior: bigint;
  readonly billionths: bigint;
}

/** Credit that waits, with both names: who is paid, and whose older contribution holds a window over the same words. */
export function contestedTable(
  page: Page,
  batches: readonly BatchVerdict[],
  contributed: readonly Contributed[],
): void {
  const named = (id: bigint): string => {
    const found = contributed.find((one) => one.id === id)?.prepared;
    return found === undefined ? id.toString() : `${id} "${found.title}" by ${found.owner}`;
  };
  const rows = batches.flatMap(({ batch, contests }) =>
    contests.map(({ contributionId, seniorId, amount: text }): Row => ({
      batch: batch.id,
      paid: contributionId,
      senior: seniorId,
      billionths: BigInt(text),
    })),
  );
  page.table("What is contested, and waits", rows, [
    column("batch", ({ batch }) => batch.toString()),
    column("credited to", ({ paid }) => named(paid)),
    column("contested by", ({ senior }) => named(senior)),
    amount("amount", ({ billionths }) => page.part(billionths)),
  ]);
}
