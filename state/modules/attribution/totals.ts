import { present } from "#proto/assert.js";
import { lowered, raised, storedAmount } from "../../stored-amount.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { residuals, totals } from "./keys.js";
import type { Settlement, Totals } from "./types.js";

/** All totals 0. */
export const NO_TOTALS: Totals = {
  fees: "0",
  pool: "0",
  credited: "0",
  residual: "0",
  forfeited: "0",
  held: "0",
  contested: "0",
  selfDealt: "0",
};

/** Sums since genesis; `held` is what unsettled batches hold now. */
export function batchTotals(view: ReadView): Totals {
  return present(totals.get(view, []), "genesis has written the totals");
}

/**
 * Adds fees of a redeemed voucher, and the part of them that its batch holds; base units.
 * @param selfDealt by how much such fees change: below 0 if what the channel paid before in the epoch counts so no longer
 */
export function addHeld(view: WriteView, fees: bigint, held: bigint, selfDealt: bigint): void {
  const sums = raised(batchTotals(view), { fees, held });
  const change = selfDealt < 0n ? lowered(sums, { selfDealt: -selfDealt }) : raised(sums, { selfDealt });
  totals.put(view, [], change);
}

/** Moves a settled batch from `held` to the sums of its settlement. @param held and pool: base units */
export function addSettled(view: WriteView, held: bigint, pool: bigint, settlement: Settlement): void {
  const { credited, contested, residual, forfeited } = settlement;
  const sums = {
    pool,
    forfeited,
    credited: storedAmount(credited),
    contested: storedAmount(contested),
    residual: storedAmount(residual),
  };
  totals.put(view, [], raised(lowered(batchTotals(view), { held }), sums));
}

/** The unpaid part of pools, and the cost of withheld openings: the attestation fund keeps it by version. */
export function addResidual(view: WriteView, versionId: bigint, settlement: Settlement): void {
  const { forfeited } = settlement;
  const residual = storedAmount(settlement.residual);
  if (residual === 0n && forfeited === 0n) return;
  const before = residuals.get(view, [versionId]) ?? { versionId, residual: "0", forfeited: "0" };
  residuals.put(view, [versionId], raised(before, { residual, forfeited }));
}
