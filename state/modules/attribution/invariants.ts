import type { Invariant } from "../../module.js";
import { moduleAccounts } from "../../module-accounts.js";
import { storedAmount } from "../../stored-amount.js";
import { balanceOf } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { heldFor } from "./batch.js";
import { batches, credits, residuals } from "./keys.js";
import { batchTotals } from "./totals.js";

/** The account holds what unsettled batches hold, and the residual of every version. */
const accountEqualsBatches: Invariant = (view) => {
  let held = 0n;
  for (const [, batch] of batches.range(view)) held += heldFor(batch);
  let kept = 0n;
  for (const [, { residual, forfeited }] of residuals.range(view)) {
    kept += storedAmount(residual) + storedAmount(forfeited);
  }
  const balance = balanceOf(view, moduleAccounts.attribution, chainConfig(view).bondDenom);
  return balance === held + kept ? undefined : `the account holds ${balance}, batches ${held}, residuals ${kept}`;
};

/** Of each batch every unit has a place: its fee is split without rest, its pool is credited or residual. */
const batchesAddUp: Invariant = (view) => {
  for (const [[id], batch] of batches.range(view)) {
    const { fees, burned, validators, pool, providerShare, royalties, ownerShare, settlement } = batch;
    const split = burned + validators + pool + providerShare + royalties + ownerShare;
    if (split !== fees) return `batch ${id}: fees ${fees} are split into ${split}`;
    if (settlement === undefined) continue;
    const { credited, residual, forfeited, reasons } = settlement;
    if (credited + residual !== pool) return `batch ${id}: pool ${pool}, credited ${credited}, residual ${residual}`;
    if (forfeited > providerShare) return `batch ${id}: forfeits ${forfeited} of ${providerShare}`;
    let rows = 0n;
    for (const [, { amount }] of credits.range(view, { prefix: [id] })) rows += amount;
    if (rows !== credited) return `batch ${id}: credited ${credited}, its credits add up to ${rows}`;
    const explained = reasons.reduce((sum, { amount }) => sum + amount, 0n);
    if (explained !== residual) return `batch ${id}: residual ${residual}, its reasons explain ${explained}`;
  }
  return undefined;
};

const totalsEqualBatches: Invariant = (view) => {
  const sums = { fees: 0n, pool: 0n, credited: 0n, residual: 0n, forfeited: 0n, held: 0n };
  for (const [, batch] of batches.range(view)) {
    sums.fees += batch.fees;
    sums.held += heldFor(batch);
    if (batch.settlement === undefined) continue;
    sums.pool += batch.pool;
    sums.credited += batch.settlement.credited;
    sums.residual += batch.settlement.residual;
    sums.forfeited += batch.settlement.forfeited;
  }
  const totals = batchTotals(view);
  for (const [name, sum] of Object.entries(sums)) {
    const stored = totals[name as keyof typeof sums];
    if (storedAmount(stored) !== sum) return `${name} is ${stored}, the batches add up to ${sum}`;
  }
  return undefined;
};

/** Invariants of the module (README). */
export const invariants = { accountEqualsBatches, batchesAddUp, totalsEqualBatches };
