import { concat, readU32be, u32be, type Bytes } from "#proto/bytes.js";

/** On a stream a frame is its length (u32, big-endian) and its bytes. */
export const FRAME_PREFIX_BYTES = 4;

/** One frame as it stands on a stream. */
export function frameBytes(payload: Bytes): Bytes {
  return concat(u32be(payload.length), payload);
}

export interface Framer {
  /**
   * Whole frames that became complete, each a copy of its own; undefined when a length is over the bound. Memory grows
   * with what arrived, never with what a length announces.
   */
  push(chunk: Bytes): readonly Bytes[] | undefined;
}

/** @param frameBytesMax of a payload, without its prefix */
export function createFramer(frameBytesMax: number): Framer {
  let chunks: Bytes[] = [];
  let size = 0;
  let wanted = FRAME_PREFIX_BYTES; // Bytes until the next decision: a prefix, or a prefix with its frame.
  return {
    push(chunk) {
      if (chunk.length > 0) chunks.push(chunk);
      size += chunk.length;
      if (size < wanted) return [];
      const bytes = chunks.length === 1 ? chunks[0]! : concat(...chunks);
      const frames: Bytes[] = [];
      let at = 0;
      for (;;) {
        wanted = FRAME_PREFIX_BYTES;
        if (bytes.length - at < wanted) break;
        const length = readU32be(bytes, at);
        if (length > frameBytesMax) return undefined;
        wanted += length;
        if (bytes.length - at < wanted) break;
        frames.push(Uint8Array.from(bytes.subarray(at + FRAME_PREFIX_BYTES, at + wanted))); // A Buffer's slice() aliases.
        at += wanted;
      }
      chunks = at === bytes.length ? [] : [bytes.subarray(at)];
      size = bytes.length - at;
      return frames;
    },
  };
}
