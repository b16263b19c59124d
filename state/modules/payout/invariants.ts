import { BILLIONTHS } from "#proto/amount.js";
import type { Invariant } from "../../module.js";
import { moduleAccounts } from "../../module-accounts.js";
import { storedAmount } from "../../stored-amount.js";
import { balanceOf } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { owed, payTotals } from "./accounts.js";
import { accounts, entries, pairs } from "./keys.js";
import { accrues } from "./types.js";

/** Totals are the sums of the records behind them. */
const totalsEqualRecords: Invariant = (view) => {
  const sums = { booked: 0n, pending: 0n, accruing: 0n, owed: 0n, paid: 0n, treasuries: 0n, contested: 0n };
  for (const [, entry] of entries.range(view)) {
    const amount = storedAmount(entry.amount);
    sums.booked += amount;
    if (!entry.matured) sums.pending += amount;
    else if (accrues(entry)) sums.accruing += amount - storedAmount(entry.released);
    else sums.treasuries += storedAmount(entry.treasury);
  }
  for (const [, account] of accounts.range(view)) {
    sums.owed += owed(account);
    sums.paid += storedAmount(account.paid);
  }
  for (const [, { amount }] of pairs.range(view)) sums.contested += storedAmount(amount);
  const totals = payTotals(view);
  for (const [name, sum] of Object.entries(sums)) {
    const stored = totals[name as keyof typeof sums];
    if (storedAmount(stored) !== sum) return `${name} is ${stored}, the records add up to ${sum}`;
  }
  return undefined;
};

/** All that was booked is somewhere; what is not paid, what waits and what is not booked yet are in the account. */
const accountEqualsLedger: Invariant = (view) => {
  const totals = payTotals(view);
  const [pending, accruing, due] = [totals.pending, totals.accruing, totals.owed].map(storedAmount);
  const unpaid = pending! + accruing! + due!;
  const [contested, received, dust] = [totals.contested, totals.received, totals.dust].map(storedAmount);
  const balance = balanceOf(view, moduleAccounts.payout, chainConfig(view).bondDenom) * BILLIONTHS;
  const kept = unpaid + contested! + received! + dust!;
  if (balance !== kept) return `the account holds ${balance} billionths, the ledger keeps ${kept}`;
  if (dust! >= BILLIONTHS) return `the dust is ${dust} billionths, a unit or more`;
  const spent = storedAmount(totals.paid) + storedAmount(totals.treasuries);
  const booked = storedAmount(totals.booked);
  return booked === unpaid + spent ? undefined : `booked ${booked}, unpaid ${unpaid}, paid ${spent}`;
};

/** Invariants of the module (README). */
export const invariants = { totalsEqualRecords, accountEqualsLedger };
