import { present } from "#proto/assert.js";
import { addAmount, BILLIONTHS } from "#proto/amount.js";
import type { BatchRecord } from "#proto/attribution/batch.js";
import { batchEntries, creditEntry, type SettledBatch } from "#proto/attribution/pay.js";
import type { ContestRecord, CreditRecord, SettlementRecord } from "#proto/attribution/settled.js";
import type { Messages } from "#proto/codec/message.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import { raised, storedAmount } from "../../stored-amount.js";
import { mustMove } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { holdForContest } from "../datanet/index.js";
import { expect, lowerTotals, payTotals, raiseTotals } from "./accounts.js";
import { entries, held, pairs, pairsOf, totals } from "./keys.js";
import { paramsOf } from "./params.js";
import { accrues, type Entry } from "./types.js";

/** A settled batch, before its entries have their due time. */
export interface Settled {
  readonly batch: BatchRecord;
  readonly settlement: SettlementRecord;
}

/**
 * Takes over what a settled batch owes: the coins from the account `attribution`, and the entries of the provider, of
 * royalties and of revenue. Credits are booked one by one (`bookCredit`). Coins are whole units and credits are not: the unit
 * that a credit and the residual share comes over too, and what of it is the residual's is the dust, less than one unit.
 */
export function receiveBatch(
  context: Context,
  { batch, settlement }: Settled,
  royalties: readonly Messages["tributary.attribution.v1.Royalty"][],
): void {
  const { view } = context;
  const settled = withDueTime(context, { batch, settlement });
  let booked = 0n;
  for (const entry of batchEntries(settled, royalties)) {
    book(context, entry);
    booked = addAmount(booked, storedAmount(entry.amount));
  }
  const credited = storedAmount(settlement.credited);
  const dust = storedAmount(payTotals(view).dust);
  const units = credited > dust ? (credited - dust + BILLIONTHS - 1n) / BILLIONTHS : 0n;
  const { attribution, payout } = moduleAccounts;
  mustMove(context, attribution, payout, chainConfig(view).bondDenom, units + booked / BILLIONTHS);
  raiseTotals(view, { booked, pending: booked, received: credited });
  totals.put(view, [], { ...payTotals(view), dust: (dust + units * BILLIONTHS - credited).toString() });
  context.emit("payout.batch_booked", {
    batch_id: batch.id.toString(),
    amount: addAmount(booked, credited).toString(),
    due_time: settled.dueTime.toString(),
  });
}

/** Books one credit: what is not contested is held back, what is contested waits with its pair. */
export function bookCredit(
  context: Context,
  settled: Settled,
  credit: CreditRecord,
  contests: readonly ContestRecord[],
  treasuryBasisPoints: bigint,
): void {
  const { view } = context;
  const entry = creditEntry(withDueTime(context, settled), credit, treasuryBasisPoints);
  if (entry !== undefined) book(context, entry);
  for (const contest of contests) addToPair(context, settled, contest);
  const amount = entry === undefined ? 0n : storedAmount(entry.amount);
  lowerTotals(view, { received: storedAmount(credit.amount) });
  raiseTotals(view, { booked: amount, pending: amount, contested: storedAmount(credit.contested) });
}

/** Entries of one batch mature together, in however many blocks they are booked. */
function withDueTime({ view }: Context, { batch, settlement }: Settled): SettledBatch {
  return { batch, settlement, dueTime: settlement.time + paramsOf(view).holdBackMs };
}

function book({ view, address }: Context, entry: Entry): void {
  const { batchId, kind, subject, dueTime } = entry;
  entries.put(view, [batchId, kind, subject], entry);
  held.put(view, [dueTime, batchId, kind, subject], true);
  if (!accrues(entry)) expect(view, present(address.parse(entry.owner), "an owner was checked"), entry);
}

/** While credit of a pair waits, the senior's deposit stays locked. */
function addToPair({ view }: Context, { settlement }: Settled, contest: ContestRecord): void {
  const { seniorId, contributionId, amount } = contest;
  const before = pairs.get(view, [seniorId, contributionId]);
  if (before === undefined) {
    pairsOf.put(view, [contributionId, seniorId], true);
    holdForContest(view, seniorId);
  }
  const { batches, ...pair } = before ?? {
    seniorId,
    contributionId,
    amount: "0",
    sinceTime: settlement.time,
    batches: 0n,
  };
  pairs.put(view, [seniorId, contributionId], {
    ...raised(pair, { amount: storedAmount(amount) }),
    batches: batches + 1n,
  });
}
