import { BILLIONTHS } from "#proto/amount.js";
import type { Messages } from "#proto/codec/message.js";
import { storedAmount } from "../../stored-amount.js";
import type { ReadView } from "../../store/view.js";
import { batchTotals } from "../attribution/index.js";
import { payTotals } from "../payout/index.js";
import { feeTotals } from "./channels.js";

/** Where all fees since genesis are, in billionths of the base unit. */
export interface FeePlaces {
  readonly burned: bigint;
  readonly validators: bigint;
  readonly paid: bigint;
  readonly pending: bigint;
  readonly residual: bigint;
  readonly forfeited: bigint;
}

/** Every billionth of all fees: the places add up to the fees. */
export function feePlaces(view: ReadView): FeePlaces {
  const { burned, validators } = feeTotals(view);
  const { held, residual, forfeited } = batchTotals(view);
  const pay = payTotals(view);
  const sum = (...texts: readonly string[]): bigint => texts.reduce((total, text) => total + storedAmount(text), 0n);
  return {
    burned: sum(burned) * BILLIONTHS,
    validators: sum(validators) * BILLIONTHS,
    paid: sum(pay.paid, pay.treasuries),
    pending: sum(held) * BILLIONTHS + sum(pay.pending, pay.accruing, pay.owed, pay.contested, pay.received),
    residual: sum(residual),
    forfeited: sum(forfeited) * BILLIONTHS,
  };
}

/** The same in base units: the unit that pay and the residual share counts as pending. */
export function whereFeesAre(view: ReadView): Messages["tributary.usage.v1.QueryTotalsResponse"] {
  const { pending, ...places } = feePlaces(view);
  const { burned, validators, paid, residual, forfeited } = places;
  const units = (billionths: bigint): string => (billionths / BILLIONTHS).toString();
  return {
    fees: feeTotals(view).fees,
    burned: units(burned),
    validators: units(validators),
    paid: units(paid),
    pending: units(pending + BILLIONTHS - 1n),
    residual: units(residual),
    forfeited: units(forfeited),
  };
}
