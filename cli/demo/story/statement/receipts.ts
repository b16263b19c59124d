import type { BatchVerdict } from "#proto/client/verify/index.js";
import { amount, column, type Page } from "./page.js";

interface Row {
  readonly batch: bigint;
  readonly receipt: string;
  readonly fee: bigint;
  /** Billionths. */
  readonly credited: bigint;
  readonly residual: bigint;
  readonly earners: string;
}

/** From which receipts the credits came: one line an opened receipt. */
export function receiptTable(page: Page, batches: readonly BatchVerdict[]): void {
  page.table("From which receipts (channel/nonce), to which contributions (× tokens)", batches.flatMap(rowsOf), [
    column("batch", ({ batch }) => batch.toString()),
    column("receipt", ({ receipt }) => receipt),
    amount("fee", ({ fee }) => page.coin(fee)),
    amount("credited", ({ credited }) => page.part(credited)),
    amount("residual", ({ residual }) => page.part(residual)),
    column("to", ({ earners }) => earners),
  ]);
}

function rowsOf({ batch, receipts }: BatchVerdict): Row[] {
  return receipts.map(({ receipt: { channelId, nonce, fee }, share: { draws, pool }, pay: { credits } }) => {
    const credited = credits.reduce((sum, credit) => sum + credit.amount, 0n);
    return {
      batch: batch.id,
      receipt: `${channelId}/${nonce}${draws > 1 ? ` (drawn ${draws} times)` : ""}`,
      fee,
      credited,
      residual: pool - credited,
      earners: credits.map(({ committer, tokens }) => `${committer.contribution} ×${tokens}`).join(", "),
    };
  });
}
