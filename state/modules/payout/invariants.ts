import type { Invariant } from "../../module.js";
import { moduleAccounts } from "../../module-accounts.js";
import { storedAmount } from "../../stored-amount.js";
import { balanceOf } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { owed, payTotals } from "./accounts.js";
import { accounts, entries } from "./keys.js";
import { accrues } from "./types.js";

/** Totals are the sums of the records behind them. */
const totalsEqualRecords: Invariant = (view) => {
  const sums = { booked: 0n, pending: 0n, accruing: 0n, owed: 0n, paid: 0n, treasuries: 0n };
  for (const [, entry] of entries.range(view)) {
    sums.booked += entry.amount;
    if (!entry.matured) sums.pending += entry.amount;
    else if (accrues(entry)) sums.accruing += entry.amount - entry.released;
    else sums.treasuries += entry.treasury;
  }
  for (const [, account] of accounts.range(view)) {
    sums.owed += owed(account);
    sums.paid += storedAmount(account.paid);
  }
  const totals = payTotals(view);
  for (const [name, sum] of Object.entries(sums)) {
    const stored = totals[name as keyof typeof sums];
    if (storedAmount(stored) !== sum) return `${name} is ${stored}, the records add up to ${sum}`;
  }
  return undefined;
};

/** All that was booked is somewhere, and what is not paid is in the account. */
const accountEqualsLedger: Invariant = (view) => {
  const totals = payTotals(view);
  const [pending, accruing, due] = [totals.pending, totals.accruing, totals.owed].map(storedAmount);
  const unpaid = pending! + accruing! + due!;
  const balance = balanceOf(view, moduleAccounts.payout, chainConfig(view).bondDenom);
  if (balance !== unpaid) return `the account holds ${balance}, the ledger owes ${unpaid}`;
  const spent = storedAmount(totals.paid) + storedAmount(totals.treasuries);
  const booked = storedAmount(totals.booked);
  return booked === unpaid + spent ? undefined : `booked ${booked}, unpaid ${unpaid}, paid ${spent}`;
};

/** Invariants of the module (README). */
export const invariants = { totalsEqualRecords, accountEqualsLedger };
