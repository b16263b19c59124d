import { payKinds } from "#proto/attribution/pay.js";
import type { Messages } from "#proto/codec/message.js";

export type Params = Messages["tributary.payout.v1.Params"];
export type Entry = Messages["tributary.payout.v1.Entry"];
export type Account = Messages["tributary.payout.v1.Account"];
export type Line = Messages["tributary.payout.v1.Line"];
export type Replacement = Messages["tributary.payout.v1.Replacement"];
export type Totals = Messages["tributary.payout.v1.Totals"];

export { payKinds as kinds };

export function accrues({ kind }: Entry): boolean {
  return kind === payKinds.royalty || kind === payKinds.revenue;
}
