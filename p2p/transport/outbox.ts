import type { Stream } from "@libp2p/interface";
import { concat, type Bytes } from "#proto/bytes.js";
import { frameBytes } from "./framer.js";

/** The writing end of a long-lived stream. Frames of one turn of the event loop leave in one write: a third of the cost. */
export interface Outbox {
  /** False when the queue would grow over its bound: the peer does not read. */
  push(frame: Bytes): boolean;
}

/** @param queueBytesMax bytes that may wait for the peer to read, prefixes included */
export function createOutbox(stream: Stream, queueBytesMax: number): Outbox {
  let waiting: Bytes[] = [];
  let waitingBytes = 0;
  const flush = (): void => {
    const batch = waiting.length === 1 ? waiting[0]! : concat(...waiting);
    waiting = [];
    waitingBytes = 0;
    if (stream.writeStatus === "closed" || stream.writeStatus === "closing") return;
    try {
      stream.send(batch);
    } catch (error) {
      stream.abort(error as Error); // The connection below went first; its close event follows.
    }
  };
  return {
    push(frame) {
      const bytes = frameBytes(frame);
      if (stream.writeBufferLength + waitingBytes + bytes.length > queueBytesMax) return false;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waiting.length === 1) setImmediate(flush);
      return true;
    },
  };
}
