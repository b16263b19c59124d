import { payKinds } from "#proto/attribution/pay.js";
import type { Messages } from "#proto/codec/message.js";

/** Parameters of the module. */
export type Params = Messages["tributary.payout.v1.Params"];
/** An entry of the ledger. */
export type Entry = Messages["tributary.payout.v1.Entry"];
/** An owner's payout account. */
export type Account = Messages["tributary.payout.v1.Account"];
/** A line of an owner's statement. */
export type Line = Messages["tributary.payout.v1.Line"];
/** Totals since genesis. */
export type Totals = Messages["tributary.payout.v1.Totals"];

export { payKinds as kinds };

/** Whether an entry is released in steps after it matures (royalty, revenue) instead of being owed at once. */
export function accrues({ kind }: Entry): boolean {
  return kind === payKinds.royalty || kind === payKinds.revenue;
}
