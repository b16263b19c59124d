import type { Bytes } from "../bytes.js";
import { message } from "../codec/message.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { wireErrors } from "./consensus.js";

export const TXS_PER_MESSAGE_MAX = 64;
/** Holds the largest transaction that genesis may allow (1 MiB) or many small ones. */
export const TXS_MESSAGE_BYTES_MAX = 1024 * 1024 + 1024;

const codec = message("tributary.p2p.v1.TxsMessage");

export function encodeTxs(txs: readonly Bytes[]): Bytes {
  return codec.encode({ txs: [...txs] });
}

export function decodeTxs(bytes: Bytes): readonly Bytes[] | Rejection {
  const value = codec.decode(bytes, TXS_MESSAGE_BYTES_MAX);
  if (isRejection(value)) return value;
  const { txs } = value;
  if (txs.length === 0 || txs.length > TXS_PER_MESSAGE_MAX)
    return reject(wireErrors.outOfBounds, { field: "txs", count: txs.length });
  if (txs.some((tx) => tx.length === 0)) return reject(wireErrors.outOfBounds, { field: "txs", size: 0 });
  return txs;
}
