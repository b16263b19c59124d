import { present } from "#proto/assert.js";
import { paidOf } from "#proto/attribution/pay.js";
import { BILLIONTHS } from "#proto/amount.js";
import type { Bytes } from "#proto/bytes.js";
import { lowered, raised, storedAmount } from "../../stored-amount.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { accounts, lines, nextQueued, queue, totals } from "./keys.js";
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
  const fresh = { pending: "0", matured: "0", paid: "0", queued: false, lastPaidHeight: 0n, lastPaidTime: 0n };
  return accounts.get(view, [owner]) ?? { owner: text, ...fresh };
}

/** Matured and not yet paid, in billionths. Less than one base unit stays owed. */
export function owed({ matured, paid }: Account): bigint {
  return storedAmount(matured) - storedAmount(paid);
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

/** Owed from now on, and queued for payment when it is worth one. The caller keeps the totals. */
export function earn(view: WriteView, owner: Bytes, text: string, entry: Entry, amount: bigint): void {
  const account = raised(accountOf(view, owner, text), { matured: amount });
  const key = [owner, entry.batchId, entry.kind, entry.subject] as const;
  const before = lines.get(view, key) ?? { earned: "0", through: "0", settled: "0" };
  const settled = paidOf(before, account).toString();
  lines.put(view, key, { ...raised(before, { earned: amount }), through: account.matured, settled });
  const worth = !account.queued && owed(account) >= paramsOf(view).paymentMin * BILLIONTHS;
  accounts.put(view, [owner], worth ? { ...account, queued: true } : account);
  if (!worth) return;
  const number = nextQueued.get(view, []) ?? 1n;
  queue.put(view, [number], owner);
  nextQueued.put(view, [], number + 1n);
}
