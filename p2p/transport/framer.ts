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
   * with what arrived, never with what a length announces, and holds nothing of the chunks.
   */
  push(chunks: Iterable<Bytes>): readonly Bytes[] | undefined;
}

/** @param frameBytesMax of a payload, without its prefix */
export function createFramer(frameBytesMax: number): Framer {
  const prefix = createGathering();
  const payload = createGathering();
  let length: number | undefined;

  /** False when a length is over the bound. */
  function read(chunk: Bytes, frames: Bytes[]): boolean {
    for (let at = 0; ;) {
      if (length === undefined) {
        at += prefix.take(chunk, at, FRAME_PREFIX_BYTES);
        if (prefix.size < FRAME_PREFIX_BYTES) return true;
        length = readU32be(prefix.release(), 0);
        if (length > frameBytesMax) return false;
      }
      at += payload.take(chunk, at, length);
      if (payload.size < length) return true;
      frames.push(payload.release());
      length = undefined;
    }
  }

  return {
    push(chunks) {
      const frames: Bytes[] = [];
      for (const chunk of chunks) if (!read(chunk, frames)) return undefined;
      return frames;
    },
  };
}

const EMPTY = new Uint8Array(0);

/** Bytes that are collected up to a wanted size. What arrives whole is copied once, what arrives in pieces twice at most. */
function createGathering() {
  let bytes: Bytes = EMPTY;
  let size = 0;
  return {
    get size() {
      return size;
    },
    /** Copies from `chunk` at `at` what is missing to `wanted`; how many bytes that were. */
    take(chunk: Bytes, at: number, wanted: number): number {
      const taken = Math.min(wanted - size, chunk.length - at);
      if (size + taken > bytes.length) {
        const grown = new Uint8Array(Math.min(wanted, Math.max(size + taken, 2 * bytes.length)));
        grown.set(bytes.subarray(0, size));
        bytes = grown;
      }
      bytes.set(chunk.subarray(at, at + taken), size);
      size += taken;
      return taken;
    },
    /** Returns the collected bytes and begins anew. */
    release(): Bytes {
      const released = bytes;
      bytes = EMPTY;
      size = 0;
      return released;
    },
  };
}
