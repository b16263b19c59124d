import type { Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import type { Rejection } from "../rejection.js";

/** The range of heights that a node can serve. */
export type Status = Messages["tributary.p2p.v1.Status"];

/** Upper bound of a status: two 64-bit numbers. */
export const STATUS_FRAME_BYTES_MAX = 64;

const codec = message("tributary.p2p.v1.Status");

/** The status as canonical bytes. */
export function encodeStatus(status: Status): Bytes {
  return codec.encode(status);
}

/** Total: a status, or a rejection. */
export function decodeStatus(bytes: Bytes): Status | Rejection {
  return codec.decode(bytes, STATUS_FRAME_BYTES_MAX);
}
