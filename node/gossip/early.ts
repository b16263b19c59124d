import type { Bytes } from "#proto/bytes.js";
import type { PeerId } from "#p2p/host.js";

/** Two blocks' worth for everybody together, and no peer may fill more than its share of it. */
const BYTES_MAX = 8 * 1024 * 1024;
const PEER_BYTES_MAX = 5 * 1024 * 1024;
/** All are judged at one go when their height starts: the parts of a large block, and what few words there are beside it. */
const PEER_FRAMES_MAX = 256;

export interface EarlyFrame {
  readonly peer: PeerId;
  readonly height: bigint;
  readonly bytes: Bytes;
}

/**
 * Frames of the next height, which faster peers send while we still commit this one. Their validators and proposals are
 * not known yet, so they are kept unjudged, and bounded, until that height starts.
 */
export interface EarlyFrames {
  keep(frame: EarlyFrame): void;
  /** Takes out those of a height, in their order; what is older is forgotten. */
  take(height: bigint): readonly EarlyFrame[];
}

export function earlyFrames(): EarlyFrames {
  let frames: EarlyFrame[] = [];
  const size = (of: (frame: EarlyFrame) => boolean): number =>
    frames.filter(of).reduce((sum, { bytes }) => sum + bytes.length, 0);
  return {
    keep(frame) {
      if (size(() => true) + frame.bytes.length > BYTES_MAX) return;
      if (size(({ peer }) => peer === frame.peer) + frame.bytes.length > PEER_BYTES_MAX) return;
      if (frames.filter(({ peer }) => peer === frame.peer).length >= PEER_FRAMES_MAX) return;
      frames.push(frame);
    },
    take(height) {
      const taken = frames.filter((frame) => frame.height === height);
      frames = frames.filter((frame) => frame.height > height);
      return taken;
    },
  };
}
