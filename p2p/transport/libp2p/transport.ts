import { assert } from "#proto/assert.js";
import type { Clock, Log } from "../../deps.js";
import { P2pFault } from "../../host.js";
import { protocols as allProtocols } from "../../protocols/table.js";
import { createPendingConnections } from "../pending-connections.js";
import type { Transport } from "../transport.js";
import { createTurns } from "../turns.js";
import { parseAddress, peerOf } from "./address.js";
import { onQuestionStream } from "./answering.js";
import { connectionsOf, idOf, rowsOf, type Context, type Listener } from "./context.js";
import { FramesStream } from "./frames-stream.js";
import { validateTopic } from "./gossip.js";
import { LINK_MS_MAX, Links } from "./links.js";
import { createNode } from "./node.js";
import type { Libp2pOptions } from "./options.js";
import { request } from "./request.js";

/** The Transport of a running node: TCP, Noise, Yamux and gossipsub. */
export async function createLibp2pTransport(
  options: Libp2pOptions,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Transport> {
  const { network, protocols: table = allProtocols } = options;
  const listener: Listener = { events: undefined };
  const pending = createPendingConnections(clock, options.persistentPeers ?? []);
  const turns = createTurns(clock, (peer) => listener.events?.standing(peer) ?? "stranger");
  const node = await createNode(options, { clock, table, pending, turns, listener });
  const context: Context = { clock, log, node, network, table, pending, turns, listener };
  const links = new Links(context);
  const { pubsub } = node.services;
  const topics: string[] = [];
  return {
    id: node.peerId.toString(),
    async start(events) {
      assert(listener.events === undefined, "a transport starts once");
      listener.events = events;
      await listen(context, links);
      await node.start();
      for (const topic of topics) pubsub.subscribe(idOf(context, topic));
    },
    async stop() {
      links.dropAll("this node stops");
      listener.events = undefined;
      await node.stop();
      links.clear(); // Those that came while it stopped.
    },
    addresses: () => node.getMultiaddrs().map(String),
    peerOf,
    dial: (address) => dial(context, links, address),
    hangUp: (peer, reason) => links.drop(peer, reason),
    send: (peer, protocol, frame) => links.send(peer, protocol, frame),
    request: (peer, protocol, question, timeoutMs) => request(context, peer, protocol, question, timeoutMs),
    publish(topic, message) {
      const publishing = pubsub.publish(idOf(context, topic), message);
      publishing.catch((error: unknown) => log.debug("not published", { topic, error }));
    },
    subscribe(topic) {
      validateTopic(context, topic);
      topics.push(topic);
      if (listener.events !== undefined) pubsub.subscribe(idOf(context, topic));
    },
  };
}

/** Takes in the streams that peers open, and follows their connections. */
async function listen(context: Context, links: Links): Promise<void> {
  const { node, table, log } = context;
  for (const row of rowsOf(table, "frames")) {
    // Two connections for a moment after simultaneous dials, and one stream each that is being refused.
    const limits = { maxInboundStreams: 4 };
    await node.handle(
      idOf(context, row.name),
      (stream, connection) => void new FramesStream(context, links, row, stream, connection),
      limits,
    );
  }
  for (const row of rowsOf(table, "request")) {
    // One more than is answered: the refusal needs a stream too.
    const limits = { maxInboundStreams: row.inFlightMax + 4, maxOutboundStreams: row.inFlightMax + 4 };
    await node.handle(
      idOf(context, row.name),
      (stream, connection) => onQuestionStream(context, row, stream, connection),
      limits,
    );
  }
  node.addEventListener("peer:connect", (event) => links.onConnect(event.detail));
  node.addEventListener("connection:open", (event) => links.onOpen(event.detail));
  node.addEventListener("peer:disconnect", (event) => {
    links.drop(event.detail.toString(), "the connection closed");
    // The book is the switch's; the library would keep each identity that was ever shown.
    node.peerStore.delete(event.detail).catch((error: unknown) => log.debug("peer not forgotten", { error }));
  });
}

async function dial(context: Context, links: Links, address: string): Promise<void> {
  const peer = peerOf(address);
  try {
    await context.node.dial(parseAddress(address), { signal: AbortSignal.timeout(LINK_MS_MAX) });
  } catch (error) {
    throw new P2pFault("dial_failed", `${address}: ${(error as Error).message}`, error);
  }
  const [connection] = connectionsOf(context, peer);
  if (connection === undefined) throw new P2pFault("dial_failed", `${address}: closed at once`);
  await links.untilUp(links.of(peer, connection));
}
