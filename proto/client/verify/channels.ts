import { NOTHING_REDEEMED, type Standing } from "../../attribution/voucher.js";
import type { VoucherRecord } from "../../attribution/stretch.js";
import { stateKeys } from "../../light/state-keys.js";
import type { Comparison } from "./compare.js";
import { inOrder, type ProvenState } from "./state.js";

/**
 * The rows of a channel follow each other: each begins where the one before ended, and the last one is where the channel stands.
 * So no receipt and no fee is in two batches, and none was skipped.
 * @param rows of all batches of the chain; each must be settled
 */
export async function compareChannels(
  state: ProvenState,
  rows: readonly VoucherRecord[],
  found: Comparison,
): Promise<void> {
  const last = new Map<bigint, VoucherRecord>();
  for (const row of [...rows].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const begins = { nonce: row.afterNonce, amount: row.amount - row.fee, auditSum: row.afterAuditSum };
    const before: Standing = last.get(row.channelId) ?? NOTHING_REDEEMED;
    const { nonce, amount, auditSum, auditCount } = before;
    const what = `where voucher ${row.id} begins in channel ${row.channelId}`;
    found.record(what, { ...begins, auditCount: row.afterAuditCount }, { nonce, amount, auditSum, auditCount });
    last.set(row.channelId, row);
  }
  await inOrder([...last.values()], async ({ channelId, amount: redeemed, nonce, auditRoot, auditSum, auditCount }) => {
    const what = `channel ${channelId}`;
    const channel = await state.get("tributary.usage.v1.Channel", stateKeys.channel(channelId), what);
    found.record(what, channel, { ...channel, redeemed, nonce, auditRoot, auditSum, auditCount });
  });
}
