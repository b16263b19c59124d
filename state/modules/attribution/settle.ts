import { present } from "#proto/assert.js";
import { settledRecords } from "#proto/attribution/settled.js";
import type { Context } from "../../context.js";
import { contributionOf, treasuryBasisPoints } from "../datanet/index.js";
import { bookBatch } from "../payout/index.js";
import { epochOf, heldFor, vouchersOf } from "./batch.js";
import { batchSettled, contributionCredited } from "./events.js";
import { batches, credits, creditsOf, openings, royalties, unsettled } from "./keys.js";
import { lookupsOf } from "./lookups.js";
import { addResidual, addSettled } from "./totals.js";
import type { Batch, Credit, Settlement } from "./types.js";

const NO_BEACON = new Uint8Array(0);

/**
 * Settles a batch that is formed: the rule of proto/attribution over what was opened, credits on record, what is owed booked
 * with payout, the residual kept for the version. pool = credited + residual, to the last unit.
 */
export function settle(context: Context, batch: Batch): Settlement {
  const { view, block, fingerprints } = context;
  const { settlement, credits: rows } = settledRecords(
    {
      batch,
      vouchers: vouchersOf(view, batch),
      openings: [...openings.range(view, { prefix: [batch.id] })].map(([, opened]) => opened),
      beacon: epochOf(view, batch)?.beacon ?? NO_BEACON,
      lookups: lookupsOf(view, fingerprints, batch),
      contribution: (id) => present(contributionOf(view, id), "a credited contribution exists"),
      treasuryBasisPoints: (contribution) => treasuryBasisPoints(view, contribution),
    },
    block,
  );
  record(context, batch, settlement, rows);
  const upstream = royalties.get(view, [batch.id])?.royalties ?? [];
  bookBatch(context, { batch, settlement, credits: rows, royalties: upstream });
  return settlement;
}

function record(context: Context, batch: Batch, settlement: Settlement, rows: readonly Credit[]): void {
  const { view } = context;
  const { credited, residual, forfeited } = settlement;
  batches.put(view, [batch.id], { ...batch, settlement });
  unsettled.delete(view, [batch.epoch, batch.id]);
  addResidual(view, batch.versionId, residual, forfeited);
  addSettled(view, heldFor(batch), { pool: batch.pool, credited, residual, forfeited });
  batchSettled(context, batch, settlement);
  for (const credit of rows) {
    credits.put(view, [batch.id, credit.contributionId], credit);
    creditsOf.put(view, [credit.contributionId, batch.id], true);
    contributionCredited(context, credit);
  }
}
