import "./polyfill.js";
import type { MessageStream, StreamMuxerFactory } from "@libp2p/interface";
import { yamux } from "@libp2p/yamux";
import { readU32be, type Bytes } from "#proto/bytes.js";

/** Below the read buffer of a stream: a slow reader slows its peer down instead of losing the stream. */
const WINDOW_BYTES_MAX = 1 << 20;
/** Ours, the library's and one question each of those that may be under way, several times. */
const STREAMS_MAX = 64;
/** Streams stop when the socket is full; above this only answers to pings and resets can have filled it. */
const UNSENT_BYTES_MAX = 16 * 1024 * 1024;
const HEADER_BYTES = 12;
const DATA = 0;

/** Yamux, fenced off from what a stranger can do with bytes that its library takes as they come. */
export function fencedYamux(): () => StreamMuxerFactory {
  const inner = yamux({
    maxInboundStreams: STREAMS_MAX,
    streamOptions: { maxStreamWindowSize: WINDOW_BYTES_MAX },
  })();
  return () => ({
    protocol: inner.protocol,
    createStreamMuxer(connection) {
      fence(connection);
      return inner.createStreamMuxer(connection);
    },
  });
}

/**
 * Yamux writes to a connection that may have ended meanwhile (a goodbye, a window, the answer to a ping), from where
 * nobody catches what that throws; it waits for whatever length a frame announces; and its own answers wait without a
 * bound when the peer does not read. Here the first is dropped, the others end the connection.
 */
export function fence(connection: MessageStream): void {
  const send = connection.send.bind(connection);
  const sizes = frameSizes();
  const end = (error: Error): false => {
    setImmediate(() => connection.abort(error));
    return false;
  };
  connection.send = (data) => {
    if (connection.status !== "open") return false;
    if (connection.writeBufferLength > UNSENT_BYTES_MAX)
      return end(new Error("what it does not read fills the memory"));
    try {
      return send(data);
    } catch (error) {
      return end(error as Error); // The socket below is closing already.
    }
  };
  connection.addEventListener("message", (event) => {
    const largest = sizes.largest(event.data instanceof Uint8Array ? event.data : event.data.subarray());
    // At once: the muxer, which hears of the same bytes next, would begin to collect the frame.
    if (largest > WINDOW_BYTES_MAX) connection.abort(new Error(`a frame of ${largest} bytes`));
  });
}

/** Follows the frames of one direction, whose headers may arrive in pieces. */
export function frameSizes(): { largest(chunk: Bytes): number } {
  const header = new Uint8Array(HEADER_BYTES);
  let have = 0;
  let skip = 0;
  return {
    /** The largest payload that a header in this chunk announces; 0 when none does. */
    largest(chunk) {
      let largest = 0;
      for (let at = 0; at < chunk.length;) {
        const skipped = Math.min(skip, chunk.length - at);
        skip -= skipped;
        at += skipped;
        const taken = Math.min(HEADER_BYTES - have, chunk.length - at);
        header.set(chunk.subarray(at, at + taken), have);
        have += taken;
        at += taken;
        if (have < HEADER_BYTES) continue;
        have = 0;
        if (header[1] !== DATA) continue;
        skip = readU32be(header, 8);
        largest = Math.max(largest, skip);
      }
      return largest;
    },
  };
}
