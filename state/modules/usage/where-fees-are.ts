import type { Messages } from "#proto/codec/message.js";
import { storedAmount } from "../../stored-amount.js";
import type { ReadView } from "../../store/view.js";
import { batchTotals } from "../attribution/index.js";
import { payTotals } from "../payout/index.js";
import { feeTotals } from "./channels.js";

/** Every unit of all fees since genesis: fees = burned + validators + paid + pending + residual + forfeited. */
export function whereFeesAre(view: ReadView): Messages["tributary.usage.v1.QueryTotalsResponse"] {
  const { fees, burned, validators } = feeTotals(view);
  const { held, residual, forfeited } = batchTotals(view);
  const pay = payTotals(view);
  const pending = [held, pay.pending, pay.accruing, pay.owed].reduce((sum, text) => sum + storedAmount(text), 0n);
  const paid = storedAmount(pay.paid) + storedAmount(pay.treasuries);
  return { fees, burned, validators, paid: paid.toString(), pending: pending.toString(), residual, forfeited };
}
