import { present } from "#proto/assert.js";
import { newAccount, paidOf } from "#proto/attribution/pay.js";
import { BILLIONTHS } from "#proto/amount.js";
import type { Bytes } from "#proto/bytes.js";
import { lowered, raised, storedAmount } from "../../stored-amount.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { accounts, debts, lines, nextQueued, queue, totals } from "./keys.js";
import { paramsOf } from "./params.js";
import type { Account, Entry, Totals } from "./types.js";

/** All totals 0. */
export const NO_TOTALS: Totals = {
  booked: "0",
  pending: "0",
  accruing: "0",
  owed: "0",
  paid: "0",
  treasuries: "0",
  contested: "0",
  received: "0",
  dust: "0",
};

/** Totals since genesis. Asserts that genesis has written them. */
export function payTotals(view: ReadView): Totals {
  return present(totals.get(view, []), "genesis has written the totals");
}

/** Raises totals, in billionths of the base unit. */
export function raiseTotals(view: WriteView, by: Partial<Record<keyof Totals, bigint>>): void {
  totals.put(view, [], raised(payTotals(view), by));
}

/** Lowers totals, in billionths. Asserts that none falls below zero. */
export function lowerTotals(view: WriteView, by: Partial<Record<keyof Totals, bigint>>): void {
  totals.put(view, [], lowered(payTotals(view), by));
}

/** @param text of the owner, for an account that is not there yet */
export function accountOf(view: ReadView, owner: Bytes, text: string): Account {
  return accounts.get(view, [owner]) ?? newAccount(text);
}

/** Matured or recovered, and neither paid nor repaid, in billionths. Less than one base unit stays owed. */
export function owed({ matured, recovered, paid, repaid }: Account): bigint {
  return storedAmount(matured) + storedAmount(recovered) - storedAmount(paid) - storedAmount(repaid);
}

/** The owner's part of an entry, in billionths: what the datanet does not take. */
export function ownersPart({ amount, treasury }: Entry): bigint {
  return storedAmount(amount) - storedAmount(treasury);
}

/** Held back from now on. */
export function expect(view: WriteView, owner: Bytes, entry: Entry): void {
  const account = accountOf(view, owner, entry.owner);
  accounts.put(view, [owner], raised(account, { pending: ownersPart(entry) }));
  lines.put(view, [owner, entry.batchId, entry.kind, entry.subject], {
    earned: "0",
    through: account.matured,
    settled: "0",
  });
}

/** No longer held back; what follows says where it went. */
export function unexpect(view: WriteView, owner: Bytes, entry: Entry): void {
  accounts.put(view, [owner], lowered(accountOf(view, owner, entry.owner), { pending: ownersPart(entry) }));
}

/** Owed from now on: debts first, and queued for payment when it is worth one. The caller keeps the totals. */
export function earn(view: WriteView, owner: Bytes, text: string, entry: Entry, amount: bigint): void {
  const account = repay(view, owner, raised(accountOf(view, owner, text), { matured: amount }), amount);
  const key = [owner, entry.batchId, entry.kind, entry.subject] as const;
  const before = lines.get(view, key) ?? { earned: "0", through: "0", settled: "0" };
  const settled = paidOf(before, account).toString();
  lines.put(view, key, { ...raised(before, { earned: amount }), through: account.matured, settled });
  putOwed(view, owner, account);
}

/** Debts are repaid from what is earned after them, in the order of the creditors' addresses: at most DEBTS_MAX rows. */
function repay(view: WriteView, owner: Bytes, account: Account, earned: bigint): Account {
  let left = earned;
  for (const [[, creditor], debt] of [...debts.range(view, { prefix: [owner] })]) {
    const amount = storedAmount(debt.amount);
    const part = amount < left ? amount : left;
    left -= part;
    if (part === amount) debts.delete(view, [owner, creditor]);
    else debts.put(view, [owner, creditor], lowered(debt, { amount: part }));
    putOwed(view, creditor, raised(accountOf(view, creditor, debt.creditor), { recovered: part }));
    if (left === 0n) break;
  }
  return raised(account, { repaid: earned - left });
}

/** Stores an account that is owed more, and queues it when that is worth a payment. */
function putOwed(view: WriteView, owner: Bytes, account: Account): void {
  const worth = !account.queued && owed(account) >= paramsOf(view).paymentMin * BILLIONTHS;
  accounts.put(view, [owner], worth ? { ...account, queued: true } : account);
  if (!worth) return;
  const number = nextQueued.get(view, []) ?? 1n;
  queue.put(view, [number], owner);
  nextQueued.put(view, [], number + 1n);
}
