import { TXS_MESSAGE_BYTES_MAX } from "#proto/wire/txs.js";
import type { GossipProtocol } from "../protocol.js";

/** Transactions on their way to every mempool. */
export const txs: GossipProtocol = {
  kind: "gossip",
  name: "txs",
  messageBytesMax: TXS_MESSAGE_BYTES_MAX,
  // A message carries up to 64 transactions: this is more than a chain executes, and every peer relays for the others.
  messagesRate: { perSecond: 400, burst: 2_000 },
  // Four peers at their limits: what all of a crowd sends is no more work than that.
  strangersRate: { perSecond: 1_600, burst: 4_000 },
};
