import type { Connection, PeerId as LibPeerId } from "@libp2p/interface";
import type { Bytes } from "#proto/bytes.js";
import { P2pFault, type PeerId } from "../../host.js";
import type { FramesProtocol } from "../../protocols/protocol.js";
import { frameBytes } from "../framer.js";
import { createOutbox, type Outbox } from "../outbox.js";
import { connectionsOf, idOf, rowsOf, type Context } from "./context.js";

/** First frame of every long-lived stream: the version of the framing. A peer is up once its hellos arrived. */
export const HELLO = Uint8Array.of(1);
/** A connection on which our protocols do not come up in this time is not one of ours. */
export const LINK_MS_MAX = 10_000;
/** Peers that dial each other at the same moment have two connections. */
const CONNECTIONS_PER_PEER_MAX = 2;

export interface Link {
  readonly peer: PeerId;
  readonly address: string;
  readonly direction: "inbound" | "outbound";
  readonly out: Map<string, Outbox>;
  /** On which connection the peer greeted us, by protocol. */
  readonly heard: Map<string, Connection>;
  readonly waiting: ((failure: P2pFault | undefined) => void)[];
  readonly deadline: { cancel(): void };
  opening: boolean;
  up: boolean;
}

/**
 * Each side opens one simplex stream a frames protocol and reads on those it accepted, so that simultaneous dials need no
 * tie-break. One lost stream cuts the whole connection: there is one way to fail and one to come back.
 */
export class Links {
  readonly #context: Context;
  readonly #rows: readonly FramesProtocol[];
  readonly #links = new Map<PeerId, Link>();

  constructor(context: Context) {
    this.#context = context;
    this.#rows = rowsOf(context.table, "frames");
  }

  get(peer: PeerId): Link | undefined {
    return this.#links.get(peer);
  }

  /** The peer's link; a new one over this connection if it has none. */
  of(peer: PeerId, connection: Connection): Link {
    let link = this.#links.get(peer);
    if (link === undefined) {
      const { direction, remoteAddr } = connection;
      const late = (): void => this.drop(peer, "our protocols did not come up");
      link = {
        peer,
        address: remoteAddr.toString(),
        direction,
        out: new Map(),
        heard: new Map(),
        waiting: [],
        deadline: this.#context.clock.after(LINK_MS_MAX, late),
        opening: false,
        up: false,
      };
      this.#links.set(peer, link);
    }
    return link;
  }

  /** Resolves when the link is up. @throws P2pFault dial_failed */
  async untilUp(link: Link): Promise<void> {
    if (link.up) return;
    const failure = await new Promise<P2pFault | undefined>((resolve) => link.waiting.push(resolve));
    if (failure !== undefined) throw failure;
  }

  send(peer: PeerId, protocol: string, frame: Bytes): boolean {
    const link = this.#links.get(peer);
    const outbox = link?.out.get(protocol);
    if (link === undefined || !link.up || outbox === undefined) return false;
    if (outbox.push(frame)) return true;
    this.drop(peer, `${protocol}: the peer reads too slowly`);
    return false;
  }

  /**
   * Forgets the link and cuts every connection to the peer, but for `kept`. Later: the reason is often a stream that
   * ends because the library is ending its connection, and an end within that end leaves it half done.
   */
  drop(peer: PeerId, reason: string, kept?: Connection): void {
    const link = this.#links.get(peer);
    const cut = connectionsOf(this.#context, peer).filter((connection) => connection !== kept);
    setImmediate(() => {
      for (const connection of cut) connection.abort(new P2pFault("gone", reason));
    });
    if (link === undefined) return;
    this.#links.delete(peer);
    link.deadline.cancel();
    for (const settle of link.waiting) settle(new P2pFault("dial_failed", `${peer}: ${reason}`));
    if (link.up) this.#context.listener.events?.unlinked(peer, reason);
  }

  dropAll(reason: string): void {
    for (const peer of [...this.#links.keys()]) this.drop(peer, reason);
  }

  /** Without a word to anybody. */
  clear(): void {
    for (const { deadline } of this.#links.values()) deadline.cancel();
    this.#links.clear();
  }

  lost(link: Link, reason: string): void {
    if (this.#links.get(link.peer) === link) this.drop(link.peer, reason);
  }

  malformed(link: Link, reason: string): void {
    this.#context.listener.events?.malformed(link.peer, reason);
    this.lost(link, reason);
  }

  onConnect(libPeer: LibPeerId): void {
    const connection = this.#context.node.getConnections(libPeer)[0];
    if (connection === undefined) return;
    const link = this.of(libPeer.toString(), connection);
    if (!link.opening) void this.#openAll(link, connection);
  }

  /** A peer that has two already has lost them without our notice, or does itself harm: the newest takes their place. */
  onOpen(connection: Connection): void {
    const peer = connection.remotePeer.toString();
    if (connectionsOf(this.#context, peer).length > CONNECTIONS_PER_PEER_MAX) this.#replace(peer, connection);
    if (this.#links.get(peer)?.up === true) this.#context.pending.established(connection.remoteAddr.toString());
  }

  /** The peer has sent its hello. Undefined when that was wrong: the connection is cut then. */
  greet(row: FramesProtocol, connection: Connection, frame: Bytes): Link | undefined {
    const peer = connection.remotePeer.toString();
    const before = this.of(peer, connection);
    const heard = before.heard.get(row.name);
    const wrong =
      frame.length !== 1 || frame[0] !== HELLO[0]
        ? "no hello of version 1"
        : heard === connection
          ? "a second stream"
          : undefined;
    if (wrong !== undefined) {
      this.malformed(before, `${row.name}: ${wrong}`);
      return undefined;
    }
    // It has restarted, or was cut off, before our pings could tell.
    if (heard !== undefined) this.#replace(peer, connection);
    const link = this.of(peer, connection);
    link.heard.set(row.name, connection);
    this.#upWhenComplete(link);
    return link;
  }

  #replace(peer: PeerId, connection: Connection): void {
    this.drop(peer, "it came back on another connection", connection);
    void this.#openAll(this.of(peer, connection), connection);
  }

  /** All on one connection, so that hellos stay ahead of later frames. */
  async #openAll(link: Link, connection: Connection): Promise<void> {
    link.opening = true;
    try {
      for (const row of this.#rows) {
        const id = idOf(this.#context, row.name);
        const stream = await connection.newStream(id, { signal: AbortSignal.timeout(LINK_MS_MAX) });
        stream.addEventListener("close", () => this.lost(link, `our ${row.name} stream closed`));
        stream.send(frameBytes(HELLO));
        link.out.set(row.name, createOutbox(stream, row.queueBytesMax));
      }
      this.#upWhenComplete(link);
    } catch (error) {
      this.lost(link, `no stream: ${(error as Error).message}`);
    }
  }

  #upWhenComplete(link: Link): void {
    if (link.up || link.out.size < this.#rows.length || link.heard.size < this.#rows.length) return;
    const { events } = this.#context.listener;
    if (events === undefined || this.#links.get(link.peer) !== link) return;
    link.up = true;
    link.deadline.cancel();
    for (const { remoteAddr } of connectionsOf(this.#context, link.peer)) {
      this.#context.pending.established(remoteAddr.toString());
    }
    events.linked(link.peer, link.address, link.direction);
    for (const settle of link.waiting.splice(0)) settle(undefined);
  }
}
