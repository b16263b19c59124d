import { present } from "#proto/assert.js";
import { BILLIONTHS, mulDivCeil, mulDivFloor } from "#proto/amount.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import { storedAmount } from "../../stored-amount.js";
import { creditTreasury } from "../datanet/index.js";
import { ownerOfVersion } from "../model/index.js";
import { earn, lowerTotals, ownersPart, raiseTotals, unexpect } from "./accounts.js";
import { accruing, entries, held } from "./keys.js";
import { paramsOf } from "./params.js";
import { accrues, type Entry, type Params } from "./types.js";

type EntryKey = readonly [batchId: bigint, kind: number, subject: bigint];

/** After the hold-back: contributors, their datanets and the provider are owed at once; revenue begins to accrue. */
export function matureDue(context: Context): void {
  const { view, block } = context;
  const settings = paramsOf(view);
  const rows = [...held.range(view, { to: [block.time + 1n], limit: settings.rowsPerBlock })];
  for (const [[dueTime, ...key]] of rows) {
    held.delete(view, [dueTime, ...key]);
    const entry = present(entries.get(view, key), "what is held back has an entry");
    entries.put(view, key, { ...entry, matured: true, maturedHeight: block.height });
    if (accrues(entry)) startAccrual(context, key, entry, settings);
    else matureNow(context, entry);
  }
}

function matureNow(context: Context, entry: Entry): void {
  const { view } = context;
  const owner = present(context.address.parse(entry.owner), "an owner was checked");
  const amount = ownersPart(entry);
  unexpect(view, owner, entry);
  earn(view, owner, entry.owner, entry, amount);
  const treasury = storedAmount(entry.treasury);
  creditTreasury(context, entry.datanetId, treasury / BILLIONTHS, moduleAccounts.payout);
  lowerTotals(view, { pending: storedAmount(entry.amount) });
  raiseTotals(view, { owed: amount, treasuries: treasury });
}

function startAccrual({ view }: Context, key: EntryKey, entry: Entry, settings: Params): void {
  accruing.put(view, [stepTime(entry, 1n, settings), ...key], true);
  const amount = storedAmount(entry.amount);
  lowerTotals(view, { pending: amount });
  raiseTotals(view, { accruing: amount });
}

/** When step number `step` of an accrual is due; the last one ends it. It starts at the due time, however late it was handled. */
function stepTime({ dueTime }: Entry, step: bigint, { accrualMs, accrualSteps }: Params): bigint {
  return dueTime + mulDivCeil(accrualMs, step, BigInt(accrualSteps));
}

/** Releases revenue in equal steps to the version's owner in this block; the last step takes the remainder. */
export function releaseDue(context: Context): void {
  const { view, block } = context;
  const settings = paramsOf(view);
  const rows = [...accruing.range(view, { to: [block.time + 1n], limit: settings.rowsPerBlock })];
  for (const [[time, ...key]] of rows) {
    accruing.delete(view, [time, ...key]);
    release(context, key, settings);
  }
}

function release(context: Context, key: EntryKey, settings: Params): void {
  const { view, block } = context;
  const entry = present(entries.get(view, key), "what accrues has an entry");
  const steps = BigInt(settings.accrualSteps);
  const elapsed = block.time - entry.dueTime;
  let step = settings.accrualMs === 0n ? steps : mulDivFloor(elapsed, steps, settings.accrualMs);
  if (step > steps) step = steps;
  const released = mulDivFloor(storedAmount(entry.amount), step, steps);
  const amount = released - storedAmount(entry.released);
  if (step < steps) accruing.put(view, [stepTime(entry, step + 1n, settings), ...key], true);
  if (amount === 0n) return;
  const owner = ownerOfVersion(view, entry.subject);
  entries.put(view, key, { ...entry, released: released.toString() });
  earn(view, present(context.address.parse(owner), "an owner was checked"), owner, entry, amount);
  lowerTotals(view, { accruing: amount });
  raiseTotals(view, { owed: amount });
}
