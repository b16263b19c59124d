import { present } from "#proto/assert.js";
import { addAmount } from "#proto/amount.js";
import { payEntries, type BatchPay } from "#proto/attribution/pay.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import { mustMove } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { expect, raiseTotals } from "./accounts.js";
import { entries, held } from "./keys.js";
import { paramsOf } from "./params.js";
import { accrues } from "./types.js";

/** Takes over what a batch owes: the coins from the account `attribution`, and one entry for each who earned. */
export function bookBatch(context: Context, pay: BatchPay): void {
  const { view, block, address } = context;
  const dueTime = block.time + paramsOf(view).holdBackMs;
  let booked = 0n;
  for (const entry of payEntries(pay, dueTime)) {
    const { batchId, kind, subject } = entry;
    entries.put(view, [batchId, kind, subject], entry);
    held.put(view, [dueTime, batchId, kind, subject], true);
    if (!accrues(entry)) expect(view, present(address.parse(entry.owner), "an owner was checked"), entry);
    booked = addAmount(booked, entry.amount);
  }
  mustMove(context, moduleAccounts.attribution, moduleAccounts.payout, chainConfig(view).bondDenom, booked);
  raiseTotals(view, { booked, pending: booked });
  context.emit("payout.batch_booked", {
    batch_id: pay.batch.id.toString(),
    amount: booked.toString(),
    due_time: dueTime.toString(),
  });
}
