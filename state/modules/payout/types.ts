import type { Messages } from "#proto/codec/message.js";

export type Params = Messages["tributary.payout.v1.Params"];
export type Entry = Messages["tributary.payout.v1.Entry"];
export type Account = Messages["tributary.payout.v1.Account"];
export type Line = Messages["tributary.payout.v1.Line"];
export type Replacement = Messages["tributary.payout.v1.Replacement"];
export type Totals = Messages["tributary.payout.v1.Totals"];

/** What an entry is for; permanent. Royalties and revenue accrue to whoever owns the version at each release. */
export const kinds = { contribution: 1, provider: 2, royalty: 3, revenue: 4 } as const;

export function accrues({ kind }: Entry): boolean {
  return kind === kinds.royalty || kind === kinds.revenue;
}
