import type { Recomputed } from "../recompute/recompute.js";
import { amount, column, type Page } from "./page.js";

interface Row {
  readonly batch: bigint;
  readonly receipt: string;
  readonly fee: bigint;
  readonly credited: bigint;
  readonly residual: bigint;
  readonly earners: string;
}

/** From which receipts the credits came: one line an opened receipt. */
export function receiptTable(page: Page, batches: ReadonlyMap<bigint, Recomputed>): void {
  const rows = [...batches].flatMap(([batch, recomputed]) => rowsOf(batch, recomputed));
  page.table("From which receipts (channel/nonce), to which contributions (× positions)", rows, [
    column("batch", ({ batch }) => batch.toString()),
    column("receipt", ({ receipt }) => receipt),
    amount("fee", ({ fee }) => page.coin(fee)),
    amount("credited", ({ credited }) => page.coin(credited)),
    amount("residual", ({ residual }) => page.coin(residual)),
    column("to", ({ earners }) => earners),
  ]);
}

function rowsOf(batch: bigint, { outcome, shown }: Recomputed): Row[] {
  return shown.map(({ channelId, nonce, fee, draws }) => {
    const answered = new Set(draws);
    const results = outcome.draws.filter(({ draw }) => answered.has(draw));
    const positions = new Map<bigint, number>();
    for (const { contribution, draw } of outcome.credits) {
      if (answered.has(draw)) positions.set(contribution, (positions.get(contribution) ?? 0) + 1);
    }
    return {
      batch,
      receipt: `${channelId}/${nonce}${draws.length > 1 ? ` (drawn ${draws.length} times)` : ""}`,
      fee,
      credited: results.reduce((sum, result) => sum + result.credited, 0n),
      residual: results.reduce((sum, result) => sum + result.residual, 0n),
      earners: [...positions].map(([contribution, count]) => `${contribution} ×${count}`).join(", "),
    };
  });
}
