import { present } from "#proto/assert.js";
import { lowered, raised } from "../../stored-amount.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { residuals, totals } from "./keys.js";
import type { Totals } from "./types.js";

/** All totals 0. */
export const NO_TOTALS: Totals = { fees: "0", pool: "0", credited: "0", residual: "0", forfeited: "0", held: "0" };

/** Sums since genesis; `held` is what unsettled batches hold now. */
export function batchTotals(view: ReadView): Totals {
  return present(totals.get(view, []), "genesis has written the totals");
}

/** Adds fees of a redeemed voucher, and the part of them that its batch holds; base units. */
export function addHeld(view: WriteView, fees: bigint, held: bigint): void {
  totals.put(view, [], raised(batchTotals(view), { fees, held }));
}

/** Sums of one settlement, in base units. */
export interface SettledSums {
  readonly pool: bigint;
  readonly credited: bigint;
  readonly residual: bigint;
  readonly forfeited: bigint;
}

/** Moves a settled batch from `held` to the sums of its settlement. */
export function addSettled(view: WriteView, held: bigint, sums: SettledSums): void {
  totals.put(view, [], raised(lowered(batchTotals(view), { held }), { ...sums }));
}

/** What no contribution of the version matched, and what withheld openings cost: the attestation fund keeps it by version. */
export function addResidual(view: WriteView, versionId: bigint, residual: bigint, forfeited: bigint): void {
  if (residual === 0n && forfeited === 0n) return;
  const before = residuals.get(view, [versionId]) ?? { versionId, residual: "0", forfeited: "0" };
  residuals.put(view, [versionId], raised(before, { residual, forfeited }));
}
