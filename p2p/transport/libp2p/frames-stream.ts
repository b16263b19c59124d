import type { Connection, Stream } from "@libp2p/interface";
import type { Bytes } from "#proto/bytes.js";
import type { PeerId } from "../../host.js";
import type { FramesProtocol } from "../../protocols/protocol.js";
import { chunksOf } from "../chunks.js";
import { createFramer, type Framer } from "../framer.js";
import type { Context } from "./context.js";
import type { Link, Links } from "./links.js";

/** A long-lived stream that a peer has opened: its hello, then frames, judged in slices of time. */
export class FramesStream {
  readonly #context: Context;
  readonly #links: Links;
  readonly #row: FramesProtocol;
  readonly #stream: Stream;
  readonly #connection: Connection;
  readonly #peer: PeerId;
  readonly #framer: Framer;
  readonly #queue: Bytes[] = [];
  #link: Link;
  #greeted = false;
  #waits = false;

  constructor(context: Context, links: Links, row: FramesProtocol, stream: Stream, connection: Connection) {
    this.#context = context;
    this.#links = links;
    this.#row = row;
    this.#stream = stream;
    this.#connection = connection;
    this.#peer = connection.remotePeer.toString();
    this.#framer = createFramer(row.frameBytesMax);
    this.#link = links.of(this.#peer, connection);
    stream.addEventListener("message", (event) => this.#onChunks(chunksOf(event)));
    stream.addEventListener("remoteCloseWrite", () => links.lost(this.#link, `its ${row.name} stream ended`));
    stream.addEventListener("close", () => links.lost(this.#link, `its ${row.name} stream closed`));
  }

  #onChunks(chunks: Iterable<Bytes>): void {
    if (this.#greeted && this.#isOver()) return;
    if (!this.#greeted) this.#link = this.#links.of(this.#peer, this.#connection); // Another may have come since the stream was opened.
    const { name, frameBytesMax } = this.#row;
    const complete = this.#framer.push(chunks);
    if (complete === undefined) {
      return this.#links.malformed(this.#link, `${name}: a frame is larger than ${frameBytesMax} bytes`);
    }
    this.#queue.push(...complete);
    if (this.#waits) return;
    this.#judge();
    if (this.#queue.length > 0) this.#judgeLater(0);
  }

  #isOver(): boolean {
    return this.#links.get(this.#peer) !== this.#link;
  }

  #judge(): void {
    let at = 0;
    while (at < this.#queue.length && (at === 0 || this.#context.turns.hasTime(this.#peer))) {
      const frame = this.#queue[at++]!;
      if (!this.#greeted) this.#greet(frame);
      else this.#context.listener.events?.frame(this.#peer, this.#row.name, frame);
      if (this.#isOver()) return void (this.#queue.length = 0); // Banned or gone: the rest has no receiver.
    }
    this.#queue.splice(0, at);
  }

  #greet(frame: Bytes): void {
    const link = this.#links.greet(this.#row, this.#connection, frame);
    if (link === undefined) return;
    this.#link = link;
    this.#greeted = true;
  }

  /** Frames that are left over wait, and so does what the peer sends behind them. */
  #judgeLater(restMs: number): void {
    const { clock, turns } = this.#context;
    if (!this.#waits) this.#stream.pause();
    this.#waits = true;
    clock.after(restMs, () => {
      const startedMs = clock.monotonicMs();
      this.#judge();
      const restNextMs = turns.spent(this.#peer, clock.monotonicMs() - startedMs, 0);
      if (this.#queue.length > 0) return this.#judgeLater(restNextMs);
      this.#waits = false;
      if (this.#stream.status === "open") this.#stream.resume();
    });
  }
}
