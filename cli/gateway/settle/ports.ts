import type { OpeningSource } from "../../book/openings.js";
import type { GatewayBook } from "../book/book.js";
import type { Channels } from "../chain/channels.js";
import { CHANNEL_STATUS } from "../chain/facts.js";
import type { SettledChannel } from "./settler.js";

/** Channels whose newest voucher the chain has not redeemed, and can. */
export function redeemable(channels: Channels, now: number): SettledChannel[] {
  return channels.all().flatMap((kept) => {
    const { record, chain } = kept;
    const voucher = record.voucher;
    const signed = record.paid.amount;
    if (voucher === undefined || signed <= chain.redeemed || chain.status === CHANNEL_STATUS.withdrawn) {
      kept.unredeemedSince = undefined;
      return [];
    }
    kept.unredeemedSince ??= now;
    const isClosing = chain.status === CHANNEL_STATUS.closing;
    const { unredeemedSince: since } = kept;
    return [{ channelId: chain.id, signed, redeemed: chain.redeemed, since, isClosing, voucher }];
  });
}

/** What openings are made from. */
export function openingSource(channels: Channels, book: GatewayBook): OpeningSource {
  return {
    terms: (channelId) => channels.get(channelId)?.record.terms,
    leaves: (channelId, count) => book.leaves(channelId, count),
    exchange: (channelId, nonce) => Promise.resolve(book.exchange(channelId, nonce)),
  };
}
