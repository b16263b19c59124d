import { present } from "#proto/assert.js";
import { BILLIONTHS } from "#proto/amount.js";
import type { Bytes } from "#proto/bytes.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import { raised } from "../../stored-amount.js";
import { mustMove } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { lowerTotals, owed, raiseTotals } from "./accounts.js";
import { payTo } from "./controllers.js";
import { accounts, queue } from "./keys.js";
import { paramsOf } from "./params.js";

/** One row an owner, in the order in which they became due, at most rows_per_block of them. */
export function payQueued(context: Context): void {
  const { view } = context;
  const { rowsPerBlock } = paramsOf(view);
  for (const [[number], owner] of [...queue.range(view, { limit: rowsPerBlock })]) {
    queue.delete(view, [number]);
    const account = present(accounts.get(view, [owner]), "who is queued has an account");
    accounts.put(view, [owner], { ...account, queued: false });
    payOwed(context, owner);
  }
}

/**
 * Pays all whole base units that an owner is owed now, to where its pay goes now; what is left, less than one, stays owed.
 * @returns how many
 */
export function payOwed(context: Context, owner: Bytes): bigint {
  const { view, block, address } = context;
  const account = accounts.get(view, [owner]);
  const amount = account === undefined ? 0n : owed(account) / BILLIONTHS;
  if (account === undefined || amount === 0n) return 0n;
  const to = payTo(view, owner);
  const billionths = amount * BILLIONTHS;
  accounts.put(view, [owner], {
    ...raised(account, { paid: billionths }),
    lastPaidHeight: block.height,
    lastPaidTime: block.time,
  });
  mustMove(context, moduleAccounts.payout, to, chainConfig(view).bondDenom, amount);
  lowerTotals(view, { owed: billionths });
  raiseTotals(view, { paid: billionths });
  context.emit("payout.paid", { owner: account.owner, to: address.format(to), amount: amount.toString() });
  return amount;
}
