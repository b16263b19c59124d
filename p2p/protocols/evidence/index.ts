import { EVIDENCE_BYTES_MAX } from "#proto/limits.js";
import type { FramesProtocol } from "../protocol.js";

/** Pieces of evidence on their way into a block, one a frame. */
export const evidence: FramesProtocol = {
  kind: "frames",
  name: "evidence",
  frameBytesMax: EVIDENCE_BYTES_MAX,
  // Every validator at once may be accused by two votes; beyond that a piece is rare and costs up to 2,000 signatures.
  framesRate: { perSecond: 20, burst: 1_000 },
  bytesRate: { perSecond: 512 * 1024, burst: 4 * 1024 * 1024 },
  // What a round of sending puts in, twice.
  queueBytesMax: 2 * 1024 * 1024,
};
