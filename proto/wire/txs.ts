import type { Bytes } from "../bytes.js";
import { message } from "../codec/message.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { wireErrors } from "./consensus.js";

/** Transactions of one gossip message. */
export const TXS_PER_MESSAGE_MAX = 64;
/** Upper bound of a gossip message: the largest transaction that genesis may allow (1 MiB), or many small ones. */
export const TXS_MESSAGE_BYTES_MAX = 1024 * 1024 + 1024;

const codec = message("tributary.p2p.v1.TxsMessage");

/** The transactions as a gossip message. */
export function encodeTxs(txs: readonly Bytes[]): Bytes {
  return codec.encode({ txs: [...txs] });
}

/** Total: 1 to TXS_PER_MESSAGE_MAX transactions, none empty, or a rejection. Does not decode them. */
export function decodeTxs(bytes: Bytes): readonly Bytes[] | Rejection {
  const value = codec.decode(bytes, TXS_MESSAGE_BYTES_MAX);
  if (isRejection(value)) return value;
  const { txs } = value;
  if (txs.length === 0 || txs.length > TXS_PER_MESSAGE_MAX) {
    return reject(wireErrors.outOfBounds, { field: "txs", count: txs.length });
  }
  if (txs.some((tx) => tx.length === 0)) return reject(wireErrors.outOfBounds, { field: "txs", size: 0 });
  return txs;
}
