import "./polyfill.js";
import type { MessageStream, StreamMuxerFactory } from "@libp2p/interface";
import type { Clock } from "../deps.js";
import { yamux } from "@libp2p/yamux";
import { readU32be, type Bytes } from "#proto/bytes.js";
import { chunksOf } from "./chunks.js";
import { gather } from "./gathered.js";

/** Below the read buffer of a stream: a slow reader slows its peer down instead of losing the stream. */
const WINDOW_BYTES_MAX = 1 << 20;
/** Ours, the library's and one question each of those that may be under way, several times. */
const STREAMS_MAX = 64;
/** Streams stop when the socket is full; above this only answers to pings and resets can have filled it. */
const UNSENT_BYTES_MAX = 16 * 1024 * 1024;
const HEADER_BYTES = 12;
const DATA = 0;

/** Told how long the bytes of a connection took, and how many they were; answers for how many ms to read no more of it. */
export type Meter = (connection: MessageStream, ms: number, bytes: number) => number;

/** Yamux, fenced off from what a stranger can do with bytes that its library takes as they come. */
export function fencedYamux(clock: Pick<Clock, "monotonicMs" | "after">, meter: Meter): () => StreamMuxerFactory {
  const inner = yamux({
    maxInboundStreams: STREAMS_MAX,
    streamOptions: { maxStreamWindowSize: WINDOW_BYTES_MAX },
  })();
  return () => ({
    protocol: inner.protocol,
    createStreamMuxer(connection) {
      fence(connection);
      const stop = stopwatch(connection, clock, meter);
      gather(connection);
      const muxer = inner.createStreamMuxer(connection);
      stop(); // Its listener is registered behind the muxer's.
      return muxer;
    },
  });
}

/**
 * Yamux writes to a connection that may have ended meanwhile (a goodbye, a window, the answer to a ping), from where
 * that error is not caught; it waits for any length that a frame announces; and its own answers wait without a
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
    if (connection.writeBufferLength > UNSENT_BYTES_MAX) {
      return end(new Error("what it does not read fills the memory"));
    }
    try {
      return send(data);
    } catch (error) {
      return end(error as Error); // The socket below is closing already.
    }
  };
  connection.addEventListener("message", (event) => {
    for (const chunk of chunksOf(event)) {
      const largest = sizes.largest(chunk);
      // At once: the muxer, which hears of the same bytes next, would begin to collect the frame.
      if (largest > WINDOW_BYTES_MAX) return connection.abort(new Error(`a frame of ${largest} bytes`));
    }
  });
}

/**
 * Measures from before the muxer hears of bytes until all who listen to its streams are done, and what is written. Who
 * has had its turn is not read for a while: its window fills, and it waits instead of being refused.
 */
function stopwatch(connection: MessageStream, clock: Pick<Clock, "monotonicMs" | "after">, meter: Meter): () => void {
  let startedMs = 0;
  let writtenMs = 0;
  let listening = false;
  const send = connection.send.bind(connection);
  connection.send = (data) => {
    const beforeMs = clock.monotonicMs();
    const more = send(data);
    if (!listening) writtenMs += clock.monotonicMs() - beforeMs;
    return more;
  };
  connection.addEventListener("message", () => {
    startedMs = clock.monotonicMs();
    listening = true;
  });
  return () =>
    connection.addEventListener("message", ({ data }) => {
      listening = false;
      const restMs = meter(connection, clock.monotonicMs() - startedMs + writtenMs, data.byteLength);
      writtenMs = 0;
      // Not from within: the stream may be handing out what came while it was paused before.
      if (restMs > 0) queueMicrotask(() => rest(connection, clock, restMs));
    });
}

function rest(connection: MessageStream, clock: Pick<Clock, "after">, ms: number): void {
  if (connection.status !== "open") return;
  connection.pause();
  clock.after(ms, () => {
    if (connection.status === "open") connection.resume();
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
