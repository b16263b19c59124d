import type { Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import type { Rejection } from "../rejection.js";

export type Status = Messages["tributary.p2p.v1.Status"];

/** Two numbers of 64 bits. */
export const STATUS_FRAME_BYTES_MAX = 64;

const codec = message("tributary.p2p.v1.Status");

export function encodeStatus(status: Status): Bytes {
  return codec.encode(status);
}

export function decodeStatus(bytes: Bytes): Status | Rejection {
  return codec.decode(bytes, STATUS_FRAME_BYTES_MAX);
}
