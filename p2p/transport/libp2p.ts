import "./polyfill.js";
import { TopicValidatorResult, type GossipSub } from "@libp2p/gossipsub";
import { identify } from "@libp2p/identify";
import type { Connection, Libp2p, MessageStream, PeerId as LibPeerId, Stream } from "@libp2p/interface";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { multiaddr, type Multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { assert } from "#proto/assert.js";
import { concat, type Bytes } from "#proto/bytes.js";
import type { Clock, Log } from "../deps.js";
import { P2pFault, type PeerId, type Verdict } from "../host.js";
import type { FramesProtocol, Protocol, RequestProtocol } from "../protocols/protocol.js";
import { protocolId, protocols as allProtocols, type ProtocolTable } from "../protocols/table.js";
import { doors } from "./doors.js";
import { frameBytes, framer } from "./framer.js";
import { gossipService } from "./gossipsub.js";
import { nodeKey } from "./identity.js";
import { fencedYamux } from "./muxer.js";
import { outbox, type Outbox } from "./outbox.js";
import { namedNoise } from "./named-noise.js";
import type { Transport, TransportEvents } from "./transport.js";
import { turns } from "./turns.js";

export interface Libp2pOptions {
  /** 32 bytes; from it follows the peer id. */
  readonly seed: Bytes;
  /** Multiaddrs such as /ip4/0.0.0.0/tcp/26656; port 0 takes a free one. */
  readonly listen: readonly string[];
  /** Addresses told to others instead of those listened on. */
  readonly announce?: readonly string[];
  /** Chain and genesis, see protocolId. */
  readonly network: string;
  /** Addresses of peers that the operator has named: strangers cannot crowd out their hosts. */
  readonly persistentPeers?: readonly string[];
  readonly protocols?: ProtocolTable;
  /** How often a peer has to show that it is alive, and in what time. */
  readonly pings?: { readonly everyMs: number; readonly answerMsMax: number };
  /** From the first byte to the end of Noise and the choice of a muxer. */
  readonly handshakeMsMax?: number;
}

/** With the default of 5 s a node that verifies a large block for some seconds would lose all its peers. */
const PINGS = { everyMs: 10_000, answerMsMax: 20_000 };

/** First frame of every long-lived stream: the version of the framing. A peer is up once its hellos arrived. */
const HELLO = Uint8Array.of(1);
/** A connection on which our protocols do not come up in this time is not one of ours. */
const LINK_MS_MAX = 10_000;
const HANDSHAKE_MS_MAX = 5_000;
/** Peers that dial each other at the same moment have two connections. */
const CONNECTIONS_PER_PEER_MAX = 2;
const UNCOUNTED = 1_000_000;
const REFUSED = Uint8Array.of(0);
const ANSWERED = Uint8Array.of(1);

interface Link {
  readonly peer: PeerId;
  address: string;
  direction: "inbound" | "outbound";
  readonly out: Map<string, Outbox>;
  /** On which connection the peer greeted us, by protocol. */
  readonly heard: Map<string, Connection>;
  readonly waiting: ((failure: P2pFault | undefined) => void)[];
  readonly deadline: { cancel(): void };
  opening: boolean;
  up: boolean;
}

/**
 * TCP, Noise and Yamux. Each side opens one simplex stream a frames protocol and reads on those it accepted, so that
 * simultaneous dials need no tie-break. One lost stream cuts the whole connection: there is one way to fail and one to
 * come back.
 */
export async function libp2pTransport(options: Libp2pOptions, deps: { clock: Clock; log: Log }): Promise<Transport> {
  const { clock, log } = deps;
  const table: ProtocolTable = options.protocols ?? allProtocols;
  const rows = <K extends Protocol["kind"]>(kind: K): Extract<Protocol, { kind: K }>[] =>
    Object.values(table).filter((row): row is Extract<Protocol, { kind: K }> => row.kind === kind);
  const framesRows = rows("frames");
  const gossipRows = rows("gossip");
  const id = (name: string): string => protocolId(options.network, name);
  const links = new Map<PeerId, Link>();
  const topics: string[] = [];
  const pings = options.pings ?? PINGS;
  const door = doors(clock, options.persistentPeers ?? []);
  let events: TransportEvents | undefined;
  /** The muxer knows its connection alone. */
  const peerOfConnection = new WeakMap<MessageStream, PeerId>();
  const metered = turns(clock, (peer) => events?.standing(peer) ?? "stranger");

  const node: Libp2p<{ pubsub: GossipSub }> = await createLibp2p({
    start: false,
    privateKey: await nodeKey(options.seed),
    addresses: { listen: [...options.listen], announce: [...(options.announce ?? [])] },
    transports: [tcp()],
    connectionEncrypters: [
      namedNoise(
        (connection) => door.mayIntroduce(connection),
        (connection, peer) => void peerOfConnection.set(connection, peer),
      ),
    ],
    streamMuxers: [
      fencedYamux(clock, (connection, ms) => {
        const peer = peerOfConnection.get(connection);
        return peer === undefined ? 0 : metered.spent(peer, ms);
      }),
    ],
    connectionManager: {
      // These three refuse newcomers because of others. Counted instead: what knocks (doors.ts), links (the switch), and
      // connections of one identity (below).
      maxConnections: UNCOUNTED,
      inboundConnectionThreshold: UNCOUNTED,
      maxIncomingPendingConnections: UNCOUNTED,
      inboundUpgradeTimeout: options.handshakeMsMax ?? HANDSHAKE_MS_MAX,
    },
    connectionMonitor: { pingInterval: pings.everyMs, pingTimeout: { minTimeout: pings.answerMsMax } },
    connectionGater: {
      denyDialMultiaddr: () => false, // Loopback and private addresses are where test nets and sentries live.
      denyInboundConnection(connection) {
        door.knock(connection);
        return false;
      },
      denyInboundEncryptedConnection(peer, { remoteAddr }) {
        door.introduced(remoteAddr.toString());
        return !admits(peer, remoteAddr);
      },
      denyOutboundEncryptedConnection: (peer, { remoteAddr }) => !admits(peer, remoteAddr),
    },
    services: {
      identify: identify(),
      ping: ping(),
      pubsub: gossipService(
        gossipRows.map(({ name }) => id(name)),
        Math.max(0, ...gossipRows.map((row) => row.messageBytesMax)),
      ),
    },
  });

  /** Keys of nodes are ed25519; others are large, or slow to verify. */
  const admits = (peer: LibPeerId, address: Multiaddr): boolean =>
    peer.type === "Ed25519" && (events?.admits(peer.toString(), address.toString()) ?? false);

  function linkOf(peer: PeerId, connection: Connection): Link {
    let link = links.get(peer);
    if (link === undefined) {
      const { direction, remoteAddr } = connection;
      const deadline = clock.after(LINK_MS_MAX, () => drop(peer, "our protocols did not come up"));
      link = {
        peer,
        address: remoteAddr.toString(),
        direction,
        out: new Map(),
        heard: new Map(),
        waiting: [],
        deadline,
        opening: false,
        up: false,
      };
      links.set(peer, link);
    }
    return link;
  }

  const connectionsOf = (peer: PeerId): Connection[] =>
    node.getConnections().filter(({ remotePeer }) => remotePeer.toString() === peer);

  /**
   * Forgets the link and cuts every connection to the peer, but for `kept`. Later: the reason is often a stream that
   * ends because the library is ending its connection, and an end within that end leaves it half done.
   */
  function drop(peer: PeerId, reason: string, kept?: Connection): void {
    const link = links.get(peer);
    const cut = connectionsOf(peer).filter((connection) => connection !== kept);
    setImmediate(() => {
      for (const connection of cut) connection.abort(new P2pFault("gone", reason));
    });
    if (link === undefined) return;
    links.delete(peer);
    link.deadline.cancel();
    for (const settle of link.waiting) settle(new P2pFault("dial_failed", `${peer}: ${reason}`));
    if (link.up) events?.unlinked(peer, reason);
  }

  function onConnect(libPeer: LibPeerId): void {
    const peer = libPeer.toString();
    const connection = node.getConnections(libPeer)[0];
    if (connection === undefined) return;
    const link = linkOf(peer, connection);
    if (!link.opening) void openAll(link, connection);
  }

  /** A peer that has two already has lost them without our notice, or does itself harm: the newest takes their place. */
  function onOpen(connection: Connection): void {
    const peer = connection.remotePeer.toString();
    if (connectionsOf(peer).length > CONNECTIONS_PER_PEER_MAX) replace(peer, connection);
    if (links.get(peer)?.up === true) door.entered(connection.remoteAddr.toString());
  }

  function replace(peer: PeerId, connection: Connection): void {
    drop(peer, "it came back on another connection", connection);
    void openAll(linkOf(peer, connection), connection);
  }

  /** All on one connection, so that hellos stay ahead of later frames. */
  async function openAll(link: Link, connection: Connection): Promise<void> {
    link.opening = true;
    try {
      for (const row of framesRows) {
        const stream = await connection.newStream(id(row.name), { signal: AbortSignal.timeout(LINK_MS_MAX) });
        stream.addEventListener("close", () => lost(link, `our ${row.name} stream closed`));
        stream.send(frameBytes(HELLO));
        link.out.set(row.name, outbox(stream, row.queueBytesMax));
      }
      upWhenComplete(link);
    } catch (error) {
      lost(link, `no stream: ${(error as Error).message}`);
    }
  }

  function lost(link: Link, reason: string): void {
    if (links.get(link.peer) === link) drop(link.peer, reason);
  }

  function upWhenComplete(link: Link): void {
    if (link.up || link.out.size < framesRows.length || link.heard.size < framesRows.length) return;
    if (events === undefined || links.get(link.peer) !== link) return;
    link.up = true;
    link.deadline.cancel();
    for (const { remoteAddr } of connectionsOf(link.peer)) door.entered(remoteAddr.toString());
    events.linked(link.peer, link.address, link.direction);
    for (const settle of link.waiting.splice(0)) settle(undefined);
  }

  function onFramesStream(row: FramesProtocol, stream: Stream, connection: Connection): void {
    const peer = connection.remotePeer.toString();
    let link = linkOf(peer, connection);
    const frames = framer(row.frameBytesMax);
    let greeted = false;
    const greet = (frame: Bytes): void => {
      if (frame.length !== 1 || frame[0] !== HELLO[0]) return malformed(link, `${row.name}: no hello of version 1`);
      const before = link.heard.get(row.name);
      if (before === connection) return malformed(link, `${row.name}: a second stream`);
      // It has restarted, or was cut off, before our pings could tell.
      if (before !== undefined) replace(peer, connection);
      link = linkOf(peer, connection);
      greeted = true;
      link.heard.set(row.name, connection);
      upWhenComplete(link);
    };
    const queue: Bytes[] = [];
    let waits = false;
    const judge = (): void => {
      let at = 0;
      while (at < queue.length && (at === 0 || metered.hasTime(peer))) {
        const frame = queue[at++]!;
        if (!greeted) greet(frame);
        else events?.frame(peer, row.name, frame);
        if (links.get(peer) !== link) return void (queue.length = 0); // Banned or gone: the rest is nobody's.
      }
      queue.splice(0, at);
    };
    /** Frames that are left over wait, and so does what the peer sends behind them. */
    const judgeLater = (restMs: number): void => {
      if (!waits) stream.pause();
      waits = true;
      clock.after(restMs, () => {
        const startedMs = clock.monotonicMs();
        judge();
        const restNextMs = metered.spent(peer, clock.monotonicMs() - startedMs);
        if (queue.length > 0) return judgeLater(restNextMs);
        waits = false;
        if (stream.status === "open") stream.resume();
      });
    };
    const onChunk = (chunk: Bytes): void => {
      if (greeted && links.get(peer) !== link) return;
      if (!greeted) link = linkOf(peer, connection); // Another may have come since the stream was opened.
      const complete = frames.push(chunk);
      if (complete === undefined)
        return malformed(link, `${row.name}: a frame is larger than ${row.frameBytesMax} bytes`);
      queue.push(...complete);
      if (waits) return;
      judge();
      if (queue.length > 0) judgeLater(0);
    };
    stream.addEventListener("message", (event) =>
      onChunk(event.data instanceof Uint8Array ? event.data : event.data.subarray()),
    );
    stream.addEventListener("remoteCloseWrite", () => lost(link, `its ${row.name} stream ended`));
    stream.addEventListener("close", () => lost(link, `its ${row.name} stream closed`));
  }

  function malformed(link: Link, reason: string): void {
    events?.malformed(link.peer, reason);
    lost(link, reason);
  }

  function onQuestionStream(row: RequestProtocol, stream: Stream, connection: Connection): void {
    const peer = connection.remotePeer.toString();
    const frames = framer(row.questionBytesMax);
    const deadline = clock.after(row.timeoutMs, () => stream.abort(new P2pFault("timeout", `${row.name}: unfinished`)));
    let asked = false;
    stream.addEventListener("close", () => deadline.cancel());
    stream.addEventListener("message", (event) => {
      const complete = asked
        ? undefined
        : frames.push(event.data instanceof Uint8Array ? event.data : event.data.subarray());
      if (complete === undefined || complete.length > 1) {
        events?.malformed(peer, `${row.name}: more than one question of ${row.questionBytesMax} bytes`);
        stream.abort(new P2pFault("too_large", row.name));
      } else if (complete.length === 1) {
        asked = true;
        void answer(row, stream, peer, complete[0]!);
      }
    });
  }

  async function answer(row: RequestProtocol, stream: Stream, peer: PeerId, question: Bytes): Promise<void> {
    const bytes = await events?.question(peer, row.name, question);
    if (stream.status !== "open" || stream.writeStatus !== "writable") return; // The asker gave up.
    stream.send(frameBytes(bytes === undefined ? REFUSED : concat(ANSWERED, bytes)));
    await stream.close().catch((error: unknown) => log.debug("answer not read", { peer, protocol: row.name, error }));
  }

  async function onGossip(from: LibPeerId, topic: string, data: Bytes): Promise<TopicValidatorResult> {
    const row = gossipRows.find(({ name }) => id(name) === topic);
    if (row === undefined || events === undefined) return TopicValidatorResult.Ignore;
    try {
      return verdicts[await events.gossip(from.toString(), row.name, Uint8Array.from(data))];
    } catch (error) {
      queueMicrotask(() => {
        throw error; // Gossipsub would swallow it: a bug in a judge stops the node like any other.
      });
      return TopicValidatorResult.Ignore;
    }
  }

  return {
    id: node.peerId.toString(),
    async start(given) {
      assert(events === undefined, "a transport starts once");
      events = given;
      for (const row of framesRows) {
        // Two connections for a moment after simultaneous dials, and one stream each that is being refused.
        await node.handle(id(row.name), (stream, connection) => onFramesStream(row, stream, connection), {
          maxInboundStreams: 4,
        });
      }
      for (const row of rows("request")) {
        // One more than is answered: the refusal needs a stream too.
        const limits = { maxInboundStreams: row.inFlightMax + 4, maxOutboundStreams: row.inFlightMax + 4 };
        await node.handle(id(row.name), (stream, connection) => onQuestionStream(row, stream, connection), limits);
      }
      node.addEventListener("peer:connect", (event) => onConnect(event.detail));
      node.addEventListener("connection:open", (event) => onOpen(event.detail));
      node.addEventListener("peer:disconnect", (event) => {
        drop(event.detail.toString(), "the connection closed");
        // The book is the switch's; the library would keep each identity that was ever shown.
        node.peerStore.delete(event.detail).catch((error: unknown) => log.debug("peer not forgotten", { error }));
      });
      await node.start();
      for (const topic of topics) node.services.pubsub.subscribe(id(topic));
    },
    async stop() {
      const all = [...links.keys()];
      for (const peer of all) drop(peer, "this node stops");
      events = undefined;
      await node.stop();
      for (const { deadline } of links.values()) deadline.cancel(); // Of those that came while it stopped.
      links.clear();
    },
    addresses: () => node.getMultiaddrs().map(String),
    peerOf,
    async dial(address) {
      const peer = peerOf(address);
      try {
        await node.dial(parse(address), { signal: AbortSignal.timeout(LINK_MS_MAX) });
      } catch (error) {
        throw new P2pFault("dial_failed", `${address}: ${(error as Error).message}`, error);
      }
      const connection = node.getConnections().find(({ remotePeer }) => remotePeer.toString() === peer);
      if (connection === undefined) throw new P2pFault("dial_failed", `${address}: closed at once`);
      const link = linkOf(peer, connection);
      if (link.up) return;
      const failure = await new Promise<P2pFault | undefined>((resolve) => link.waiting.push(resolve));
      if (failure !== undefined) throw failure;
    },
    hangUp: drop,
    send(peer, protocol, frame) {
      const link = links.get(peer);
      const box = link?.out.get(protocol);
      if (link === undefined || !link.up || box === undefined) return false;
      if (box.push(frame)) return true;
      drop(peer, `${protocol}: the peer reads too slowly`);
      return false;
    },
    async request(peer, protocol, question, timeoutMs) {
      const row = table[protocol];
      assert(row?.kind === "request", `${protocol} is no request protocol`);
      const connection = node.getConnections().find(({ remotePeer }) => remotePeer.toString() === peer);
      if (connection === undefined) throw new P2pFault("gone", `${peer} is not connected`);
      const controller = new AbortController();
      const timer = clock.after(timeoutMs, () =>
        controller.abort(new P2pFault("timeout", `${protocol}: no answer in ${timeoutMs} ms`)),
      );
      try {
        return await ask(connection, id(protocol), question, row.answerBytesMax, controller.signal);
      } finally {
        timer.cancel();
      }
    },
    publish(topic, message) {
      node.services.pubsub
        .publish(id(topic), message)
        .catch((error: unknown) => log.debug("not published", { topic, error }));
    },
    subscribe(topic) {
      node.services.pubsub.topicValidators.set(id(topic), (from, message) => onGossip(from, id(topic), message.data));
      topics.push(topic);
      if (events !== undefined) node.services.pubsub.subscribe(id(topic));
    },
  };
}

const verdicts: Readonly<Record<Verdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
};

/** @throws P2pFault bad_address */
function parse(address: string): Multiaddr {
  try {
    return multiaddr(address);
  } catch (error) {
    throw new P2pFault("bad_address", `${address} is not a multiaddr: /ip4/<ip>/tcp/<port>/p2p/<peer id>`, error);
  }
}

/** @throws P2pFault bad_address */
function peerOf(address: string): PeerId {
  const name = parse(address)
    .getComponents()
    .findLast((component) => component.name === "p2p")?.value;
  if (name === undefined) throw new P2pFault("bad_address", `${address} names no peer: end it with /p2p/<peer id>`);
  return name;
}

/** @throws P2pFault gone, refused, timeout, too_large */
async function ask(
  connection: Connection,
  protocol: string,
  question: Bytes,
  answerBytesMax: number,
  signal: AbortSignal,
): Promise<Bytes> {
  const reason = (error: unknown): P2pFault => {
    if (signal.reason instanceof P2pFault) return signal.reason;
    return new P2pFault("gone", `${protocol}: ${(error as Error | undefined)?.message ?? "closed"}`, error);
  };
  let stream: Stream;
  try {
    stream = await connection.newStream(protocol, { signal });
    stream.send(frameBytes(question));
  } catch (error) {
    throw reason(error);
  }
  const frames = framer(answerBytesMax + 1);
  const onAbort = (): void => stream.abort(reason(undefined));
  signal.addEventListener("abort", onAbort);
  try {
    const answer = await new Promise<Bytes>((resolve, fail) => {
      stream.addEventListener("close", (event) => fail(reason(event.error)));
      stream.addEventListener("remoteCloseWrite", () => queueMicrotask(() => fail(reason(undefined))));
      stream.addEventListener("message", (event) => {
        const complete = frames.push(event.data instanceof Uint8Array ? event.data : event.data.subarray());
        if (complete === undefined) fail(new P2pFault("too_large", `${protocol}: more than ${answerBytesMax} bytes`));
        else if (complete.length > 0) resolve(complete[0]!);
      });
      if (signal.aborted) onAbort();
    });
    stream.close().catch(() => stream.abort(new P2pFault("gone", "its end did not close")));
    if (answer[0] !== ANSWERED[0]) throw new P2pFault("refused", `${protocol}: refused`);
    return answer.subarray(1);
  } catch (error) {
    stream.abort(error as Error);
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
