import { BILLIONTHS } from "#proto/amount.js";
import type { Invariant } from "../../module.js";
import { moduleAccounts } from "../../module-accounts.js";
import { storedAmount } from "../../stored-amount.js";
import type { ReadView } from "../../store/view.js";
import { balanceOf } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { payTotals } from "../payout/index.js";
import { heldFor } from "./batch.js";
import { batches, contests, credits, records, residuals, vouchers } from "./keys.js";
import { grownRecord, type ProviderRecord } from "./record.js";
import { batchTotals } from "./totals.js";
import type { Voucher } from "./types.js";

/** The account holds what unsettled batches hold, and the residual of every version but for the dust, which is with payout. */
const accountEqualsBatches: Invariant = (view) => {
  let held = 0n;
  for (const [, batch] of batches.range(view)) held += heldFor(batch) * BILLIONTHS;
  let kept = 0n;
  for (const [, { residual, forfeited }] of residuals.range(view)) {
    kept += storedAmount(residual) + storedAmount(forfeited) * BILLIONTHS;
  }
  const dust = storedAmount(payTotals(view).dust);
  const balance = balanceOf(view, moduleAccounts.attribution, chainConfig(view).bondDenom) * BILLIONTHS;
  if (balance === held + kept - dust) return undefined;
  return `the account holds ${balance} billionths, batches ${held}, residuals ${kept}, dust ${dust}`;
};

function sumOf(rows: Iterable<readonly [unknown, { readonly amount: string }]>): bigint {
  let sum = 0n;
  for (const [, { amount }] of rows) sum += storedAmount(amount);
  return sum;
}

/** Of each batch every unit has a place: its fee is split without rest, its pool is credited or residual. */
const batchesAddUp: Invariant = (view) => {
  for (const [[id], batch] of batches.range(view)) {
    const { fees, burned, validators, pool, providerShare, royalties, ownerShare, settlement } = batch;
    const split = burned + validators + pool + providerShare + royalties + ownerShare;
    if (split !== fees) return `batch ${id}: fees ${fees} are split into ${split}`;
    if (settlement === undefined) continue;
    const { credited, contested, residual, forfeited, reasons } = settlement;
    if (storedAmount(credited) + storedAmount(residual) !== pool * BILLIONTHS) {
      return `batch ${id}: pool ${pool}, credited ${credited}, residual ${residual}`;
    }
    if (forfeited > providerShare) return `batch ${id}: forfeits ${forfeited} of ${providerShare}`;
    const rows = sumOf(credits.range(view, { prefix: [id] }));
    if (rows !== storedAmount(credited)) return `batch ${id}: credited ${credited}, its credits add up to ${rows}`;
    const pairs = sumOf(contests.range(view, { prefix: [id] }));
    if (pairs !== storedAmount(contested)) return `batch ${id}: contested ${contested}, its pairs add up to ${pairs}`;
    const explained = reasons.reduce((sum, { amount }) => sum + storedAmount(amount), 0n);
    if (explained !== storedAmount(residual)) {
      return `batch ${id}: residual ${residual}, its reasons explain ${explained}`;
    }
  }
  return undefined;
};

function rowsById(view: ReadView): Voucher[] {
  return [...vouchers.range(view)].map(([, row]) => row).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The newest row of each channel, for the invariants of channels: a walk over all rows. */
export function newestRows(view: ReadView): ReadonlyMap<bigint, Voucher> {
  return new Map(rowsById(view).map((row) => [row.channelId, row]));
}

/**
 * The rows of a channel follow each other: each begins where the one before ended, and its fee is the difference. So no receipt
 * and no fee is in two batches.
 */
const rowsFollow: Invariant = (view) => {
  const last = new Map<bigint, Voucher>();
  for (const row of rowsById(view)) {
    const before = last.get(row.channelId) ?? { nonce: 0n, amount: 0n, auditSum: 0n, auditCount: 0n };
    const { afterNonce, afterAuditSum, afterAuditCount, amount, fee } = row;
    const isNext =
      afterNonce === before.nonce &&
      afterAuditSum === before.auditSum &&
      afterAuditCount === before.auditCount &&
      amount - fee === before.amount;
    if (!isNext) return `voucher ${row.id} does not begin where channel ${row.channelId} stood`;
    last.set(row.channelId, row);
  }
  return undefined;
};

/** A provider's record is the sum over its settled batches, in the order in which they were settled. */
const recordsEqualBatches: Invariant = (view) => {
  const sums = new Map<string, ProviderRecord>();
  const settled = [...batches.range(view)]
    .map(([, batch]) => batch)
    .filter(({ settlement }) => settlement !== undefined);
  for (const batch of settled.sort((a, b) => (a.settlement!.height < b.settlement!.height ? -1 : 1))) {
    const key = `${batch.versionId}/${batch.provider}`;
    sums.set(key, grownRecord(sums.get(key), batch, batch.settlement!));
  }
  for (const [, record] of records.range(view)) {
    const key = `${record.versionId}/${record.provider}`;
    const sum = sums.get(key);
    sums.delete(key);
    const differs =
      sum === undefined ? "all" : Object.entries(sum).find(([f, v]) => record[f as keyof typeof sum] !== v)?.[0];
    if (differs !== undefined) return `the record of ${key} differs from its batches: ${differs}`;
  }
  return sums.size === 0 ? undefined : `${sums.size} providers with settled batches have no record`;
};

const totalsEqualBatches: Invariant = (view) => {
  const sums = {
    fees: 0n,
    pool: 0n,
    credited: 0n,
    residual: 0n,
    forfeited: 0n,
    held: 0n,
    contested: 0n,
    selfDealt: 0n,
  };
  for (const [, batch] of batches.range(view)) {
    sums.fees += batch.fees;
    sums.selfDealt += batch.selfDealt;
    sums.held += heldFor(batch);
    if (batch.settlement === undefined) continue;
    sums.pool += batch.pool;
    sums.credited += storedAmount(batch.settlement.credited);
    sums.contested += storedAmount(batch.settlement.contested);
    sums.residual += storedAmount(batch.settlement.residual);
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
export const invariants = { accountEqualsBatches, batchesAddUp, recordsEqualBatches, rowsFollow, totalsEqualBatches };
