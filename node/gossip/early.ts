import type { Bytes } from "#proto/bytes.js";
import type { PeerId } from "#p2p/host.js";

/** Two blocks' worth for everybody together, and no peer may fill more than its share of it. */
const BYTES_MAX = 8 * 1024 * 1024;
const PEER_BYTES_MAX = 5 * 1024 * 1024;
/** The parts of a large block, and the few messages beside them. */
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
  /**
   * Takes out one of a height: of each peer in turn, of one peer in their order. So the frames of many are judged
   * before the second of a peer whose first was forged, which is gone by then.
   */
  next(height: bigint): EarlyFrame | undefined;
  /** The peer is gone or banned: nothing of it is worth a judgement. */
  forget(peer: PeerId): void;
  dropBelow(height: bigint): void;
}

interface Queue {
  frames: EarlyFrame[];
  bytes: number;
}

export function createEarlyFrames(): EarlyFrames {
  const queues = new Map<PeerId, Queue>(); // In the order of their turns.
  let bytesKept = 0;

  function shrink(peer: PeerId, queue: Queue, frames: EarlyFrame[]): void {
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
    bytesKept += bytes - queue.bytes;
    queue.frames = frames;
    queue.bytes = bytes;
    if (frames.length === 0) queues.delete(peer);
  }

  return {
    keep(frame) {
      const { peer, bytes } = frame;
      const queue = queues.get(peer) ?? { frames: [], bytes: 0 };
      if (bytesKept + bytes.length > BYTES_MAX || queue.bytes + bytes.length > PEER_BYTES_MAX) return;
      if (queue.frames.length >= PEER_FRAMES_MAX) return;
      queues.set(peer, queue);
      queue.frames.push(frame);
      queue.bytes += bytes.length;
      bytesKept += bytes.length;
    },
    next(height) {
      for (const [peer, queue] of queues) {
        const found = queue.frames.findIndex((frame) => frame.height === height);
        if (found === -1) continue;
        const [frame] = queue.frames.splice(found, 1);
        queue.bytes -= frame!.bytes.length;
        bytesKept -= frame!.bytes.length;
        queues.delete(peer);
        if (queue.frames.length > 0) queues.set(peer, queue); // Behind the others.
        return frame;
      }
      return undefined;
    },
    forget(peer) {
      const queue = queues.get(peer);
      if (queue !== undefined) shrink(peer, queue, []);
    },
    dropBelow(height) {
      for (const [peer, queue] of queues) {
        shrink(
          peer,
          queue,
          queue.frames.filter((frame) => frame.height >= height),
        );
      }
    },
  };
}
