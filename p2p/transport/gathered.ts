import "./polyfill.js";
import type { MessageStream } from "@libp2p/interface";
import { readU32be, u32be, type Bytes } from "#proto/bytes.js";

type Sent = Parameters<MessageStream["send"]>[0];

/** Of what a peer may send unasked, yamux's first window, so much is kept back until it is worth a frame. */
const INITIAL_WINDOW_BYTES = 256 * 1024;
const CREDIT_BYTES_LEAST = INITIAL_WINDOW_BYTES / 4;
/** Streams with credit that is kept back; those that have ended are among them. */
const CREDITS_MAX = 64;

const HEADER_BYTES = 12;
const WINDOW_UPDATE = 1;

/**
 * What yamux writes to a connection in one turn of the event loop leaves in one piece: it is encrypted, written, read and
 * decrypted once, whatever the number of frames. Yamux gives back the window for each frame that it receives; here that
 * waits until it is a quarter of the first window, so that a peer that sends little is not answered at all. A peer never
 * lacks it: three quarters are left.
 */
export function gather(connection: MessageStream): void {
  const send = connection.send.bind(connection);
  const close = connection.close.bind(connection);
  const credits = new Credits();
  let waiting: Bytes[] = [];
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    if (all.length === 0 || connection.status !== "open") return; // Its end was faster.
    try {
      send(joined(all));
    } catch (error) {
      // Below it the socket has ended. What is thrown in a turn of its own would end the process.
      connection.abort(error as Error);
    }
  };
  connection.send = (data) => {
    if (connection.status !== "open") return false;
    const frames = credits.pass(data);
    if (frames.length > 0 && waiting.length === 0) setImmediate(flush);
    for (const frame of frames) for (const chunk of chunks(frame)) waiting.push(chunk);
    return !connection.writableNeedsDrain; // Its event tells the muxer when it goes on.
  };
  connection.close = (options) => {
    flush();
    return close(options);
  };
}

/**
 * For a TCP connection below the encryption. An encrypted message and its length are two pieces, and the library hands each
 * piece to the system by itself.
 */
export function inOnePiece(connection: MessageStream): void {
  const send = connection.send.bind(connection);
  connection.send = (data) => send(data instanceof Uint8Array ? data : joined([...data]));
}

/** Window updates that are kept back, by stream. */
class Credits {
  readonly #kept = new Map<number, number>();

  /** Bytes to write now in place of this frame. */
  pass(frame: Sent): Sent[] {
    if (!isPlainUpdate(frame)) return [frame];
    const stream = readU32be(frame, 4);
    const credit = (this.#kept.get(stream) ?? 0) + readU32be(frame, 8);
    this.#kept.set(stream, credit);
    if (this.#kept.size > CREDITS_MAX) return [...this.#kept.keys()].map((each) => this.#release(each));
    return credit < CREDIT_BYTES_LEAST ? [] : [this.#release(stream)];
  }

  #release(stream: number): Bytes {
    const frame = new Uint8Array(HEADER_BYTES);
    frame[1] = WINDOW_UPDATE;
    frame.set(u32be(stream), 4);
    frame.set(u32be(this.#kept.get(stream)!), 8);
    this.#kept.delete(stream);
    return frame;
  }
}

/** One that opens, ends or resets no stream. */
function isPlainUpdate(frame: Sent): frame is Bytes {
  if (!(frame instanceof Uint8Array) || frame.length !== HEADER_BYTES) return false;
  return frame[1] === WINDOW_UPDATE && frame[2] === 0 && frame[3] === 0;
}

const chunks = (data: Sent): Iterable<Bytes> => (data instanceof Uint8Array ? [data] : data);

function joined(parts: readonly Bytes[]): Bytes {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
