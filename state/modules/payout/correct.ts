import { present } from "#proto/assert.js";
import { BASIS_POINTS, BILLIONTHS, mulDivFloor, shareFloor } from "#proto/amount.js";
import { payKinds } from "#proto/attribution/pay.js";
import type { Bytes } from "#proto/bytes.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { raised, storedAmount } from "../../stored-amount.js";
import { contributionOf, treasuryBasisPoints, type Contribution } from "../datanet/index.js";
import { expect, ownersPart, unexpect } from "./accounts.js";
import { payoutErrors } from "./errors.js";
import { debts, entries, held, lines } from "./keys.js";
import type { Entry } from "./types.js";

/** Creditors of one owner: what each payment of a debtor walks. */
export const DEBTS_MAX = 16;

/** A ruling on what one contribution earned in one batch. */
export interface Correction {
  readonly batchId: bigint;
  readonly from: bigint;
  /** The contribution that should have earned it. */
  readonly to: bigint;
  /** The share that goes over, 1 to 10,000. */
  readonly basisPoints: bigint;
}

/** The result of a correction, in billionths. */
interface Corrected {
  /** Moved between entries that are held back. */
  readonly moved: bigint;
  /** Recorded as a debt: it had matured. Treasuries keep what they got. */
  readonly debt: bigint;
}

/**
 * Corrects pay forward only: what is still held back is weighted anew, and what has matured becomes a debt that the owner
 * repays from later earnings. Nothing that was paid is taken back. Rulings call it; no message does yet. Needs a batch whose
 * credits are all booked: one that is booked later would replace the entry that is made here. Rejects with
 * payout/nothingToCorrect, wrongCorrection or tooManyDebts.
 */
export function correct(context: Context, correction: Correction): Corrected | Rejection {
  const { view } = context;
  const { batchId, from, to, basisPoints } = correction;
  const wrong = (field: string, have: unknown, want: string): Rejection =>
    reject(payoutErrors.wrongCorrection, { field, have, want });
  if (basisPoints < 1n || basisPoints > BASIS_POINTS) return wrong("basis_points", basisPoints, "1 to 10000");
  if (to === from) return wrong("to", to, "another contribution");
  const winner = contributionOf(view, to);
  if (winner === undefined) return wrong("to", to, "a contribution that exists");
  const entry = entries.get(view, [batchId, payKinds.contribution, from]);
  if (entry === undefined) {
    return reject(payoutErrors.nothingToCorrect, { batch_id: batchId, contribution_id: from });
  }
  const amount = shareFloor(storedAmount(entry.amount), basisPoints);
  const other = entries.get(view, [batchId, payKinds.contribution, to]);
  if (!entry.matured && !(other?.matured ?? false)) {
    const loser = present(contributionOf(view, from), "who has an entry exists");
    weigh(context, entry, loser, storedAmount(entry.amount) - amount);
    weigh(context, other ?? emptyFor(entry, winner), winner, storedAmount(other?.amount ?? "0") + amount);
    return { moved: amount, debt: 0n };
  }
  const debt = mulDivFloor(ownersPart(entry), basisPoints, BASIS_POINTS);
  return owe(context, entry.owner, winner.owner, debt) ?? { moved: 0n, debt };
}

/** An entry of the same batch, for one that earned nothing of it so far. */
function emptyFor(entry: Entry, { id: subject, owner, datanetId }: Contribution): Entry {
  return {
    ...entry,
    subject,
    owner,
    datanetId,
    amount: "0",
    treasury: "0",
    tokens: 0n,
    receipts: 0n,
    samplingError: "0",
    selfDealt: "0",
  };
}

/** Changes the amount of a held entry, and deletes it at amount 0. The datanet's share follows its terms. */
function weigh({ view, address }: Context, entry: Entry, contribution: Contribution, amount: bigint): void {
  const { batchId, kind, subject, dueTime } = entry;
  const owner = present(address.parse(entry.owner), "an owner was checked");
  if (entry.amount !== "0") unexpect(view, owner, entry);
  if (amount === 0n) {
    entries.delete(view, [batchId, kind, subject]);
    held.delete(view, [dueTime, batchId, kind, subject]);
    lines.delete(view, [owner, batchId, kind, subject]);
    return;
  }
  const treasury = shareFloor(amount / BILLIONTHS, treasuryBasisPoints(view, contribution)) * BILLIONTHS;
  const next: Entry = { ...entry, amount: amount.toString(), treasury: treasury.toString() };
  entries.put(view, [batchId, kind, subject], next);
  held.put(view, [dueTime, batchId, kind, subject], true);
  expect(view, owner, next);
}

function owe({ view, address }: Context, debtor: string, creditor: string, amount: bigint): Rejection | undefined {
  if (debtor === creditor || amount === 0n) return undefined;
  const [from, to] = [debtor, creditor].map((text): Bytes => present(address.parse(text), "an owner was checked")) as [
    Bytes,
    Bytes,
  ];
  const before = debts.get(view, [from, to]);
  if (before === undefined && [...debts.range(view, { prefix: [from], limit: DEBTS_MAX })].length === DEBTS_MAX) {
    return reject(payoutErrors.tooManyDebts, { debtor, max: DEBTS_MAX });
  }
  debts.put(view, [from, to], raised(before ?? { debtor, creditor, amount: "0" }, { amount }));
  return undefined;
}
