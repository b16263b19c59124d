import { STATUS_FRAME_BYTES_MAX } from "#proto/wire/status.js";
import type { FramesProtocol } from "../protocol.js";

/** Which blocks a peer says it has. */
export const status: FramesProtocol = {
  kind: "frames",
  name: "status",
  frameBytesMax: STATUS_FRAME_BYTES_MAX,
  // One a block and one every few seconds; a development chain has up to five blocks a second.
  framesRate: { perSecond: 20, burst: 60 },
  bytesRate: { perSecond: 8 * 1024, burst: 32 * 1024 },
  queueBytesMax: 64 * 1024,
};
