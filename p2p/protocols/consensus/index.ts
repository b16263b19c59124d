import { CONSENSUS_FRAME_BYTES_MAX } from "#proto/wire/consensus.js";
import type { FramesProtocol } from "../protocol.js";

const MiB = 1024 * 1024;

/** Proposals, block parts, votes, certificates and the status that lets a peer send what we lack. */
export const consensus: FramesProtocol = {
  kind: "frames",
  name: "consensus",
  frameBytesMax: CONSENSUS_FRAME_BYTES_MAX,
  // 100 validators' two votes a round from one relay, with room for a round's repair: ten times that is an attack.
  framesRate: { perSecond: 2_000, burst: 6_000 },
  // A 4 MiB block a second, twice for relays; the burst holds a few blocks of a late node.
  bytesRate: { perSecond: 16 * MiB, burst: 32 * MiB },
  // Two whole blocks of 4 MiB: who reads less than that in a round does not follow.
  queueBytesMax: 8 * MiB,
};
