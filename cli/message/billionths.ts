import { unitsText } from "#proto/amount.js";
import { amountOf } from "../amount.js";

/** Fields in billionths of the base unit, by message: people read base units, `-o json` has what the chain records. */
export const billionths: Readonly<Record<string, readonly string[]>> = {
  "tributary.attribution.v1.Reason": ["amount"],
  "tributary.attribution.v1.Settlement": ["credited", "contested", "residual"],
  "tributary.attribution.v1.Credit": ["amount", "contested", "self_dealt"],
  "tributary.attribution.v1.Contest": ["amount"],
  "tributary.attribution.v1.Progress": ["shared", "credited", "contested"],
  "tributary.attribution.v1.Residual": ["residual"],
  "tributary.attribution.v1.Totals": ["credited", "residual", "contested"],
  "tributary.payout.v1.Entry": ["amount", "treasury", "released", "sampling_error", "self_dealt"],
  "tributary.payout.v1.Account": ["pending", "matured", "paid", "repaid", "recovered"],
  "tributary.payout.v1.Debt": ["amount"],
  "tributary.payout.v1.StatementLine": ["earned", "paid"],
  "tributary.payout.v1.Pair": ["amount"],
  "tributary.payout.v1.Totals": [
    ...["booked", "pending", "accruing", "owed", "paid", "treasuries", "contested", "received", "dust"],
  ],
};

/** The value as base units, if the field is one of these; "" where nothing stands. */
export function unitsOf(messageName: string, field: string, value: unknown): string | undefined {
  if (typeof value !== "string" || billionths[messageName]?.includes(field) !== true) return undefined;
  return value === "" ? "" : unitsText(amountOf(value));
}
