import "../polyfill.js";
import { identify } from "@libp2p/identify";
import type { MessageStream, PeerId as LibPeerId } from "@libp2p/interface";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import type { Multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import type { Clock } from "../../deps.js";
import type { PeerId } from "../../host.js";
import { protocolId, type ProtocolTable } from "../../protocols/table.js";
import { gossipService } from "../gossipsub.js";
import { nodeKey } from "../identity.js";
import { fencedYamux } from "../muxer.js";
import { namedNoise } from "../named-noise.js";
import type { PendingConnections } from "../pending-connections.js";
import type { Turns } from "../turns.js";
import { rowsOf, type Listener, type Node } from "./context.js";
import type { Libp2pOptions } from "./options.js";

/** With the default of 5 s a node that verifies a large block for some seconds would lose all its peers. */
const PINGS = { everyMs: 10_000, answerMsMax: 20_000 };
const HANDSHAKE_MS_MAX = 5_000;
const UNCOUNTED = 1_000_000;

interface NodeDeps {
  readonly clock: Clock;
  readonly table: ProtocolTable;
  readonly pending: PendingConnections;
  readonly turns: Turns;
  readonly listener: Listener;
}

/** The library's node, not started: TCP, Noise, Yamux and gossipsub, with our limits in place of its own. */
export async function createNode(options: Libp2pOptions, deps: NodeDeps): Promise<Node> {
  const { clock, pending, turns, listener } = deps;
  const { everyMs, answerMsMax } = options.pings ?? PINGS;
  const gossipRows = rowsOf(deps.table, "gossip");
  /** The muxer knows its connection alone. */
  const peerOfConnection = new WeakMap<MessageStream, PeerId>();
  /** Keys of nodes are ed25519; others are large, or slow to verify. */
  const admits = (peer: LibPeerId, address: Multiaddr): boolean =>
    peer.type === "Ed25519" && (listener.events?.admits(peer.toString(), address.toString()) ?? false);
  return createLibp2p({
    start: false,
    privateKey: await nodeKey(options.seed),
    addresses: { listen: [...options.listen], announce: [...(options.announce ?? [])] },
    transports: [tcp()],
    connectionEncrypters: [
      namedNoise(
        (connection) => pending.mayHandshake(connection),
        (connection, peer) => void peerOfConnection.set(connection, peer),
      ),
    ],
    streamMuxers: [
      fencedYamux(clock, (connection, ms, bytes) => {
        const peer = peerOfConnection.get(connection);
        return peer === undefined ? 0 : turns.spent(peer, ms, bytes);
      }),
    ],
    connectionManager: {
      // These three refuse newcomers because of others. Counted instead: pending connections (pending-connections.ts), links
      // (the switch), and connections of one identity (links.ts).
      maxConnections: UNCOUNTED,
      inboundConnectionThreshold: UNCOUNTED,
      maxIncomingPendingConnections: UNCOUNTED,
      inboundUpgradeTimeout: options.handshakeMsMax ?? HANDSHAKE_MS_MAX,
    },
    connectionMonitor: { pingInterval: everyMs, pingTimeout: { minTimeout: answerMsMax } },
    connectionGater: {
      denyDialMultiaddr: () => false, // Loopback and private addresses are where test nets and sentries live.
      async denyInboundConnection(connection) {
        await pending.add(connection);
        return false;
      },
      denyInboundEncryptedConnection(peer, { remoteAddr }) {
        pending.authenticated(remoteAddr.toString());
        return !admits(peer, remoteAddr);
      },
      denyOutboundEncryptedConnection: (peer, { remoteAddr }) => !admits(peer, remoteAddr),
    },
    services: {
      identify: identify(),
      ping: ping(),
      pubsub: gossipService(
        gossipRows.map(({ name }) => protocolId(options.network, name)),
        Math.max(0, ...gossipRows.map((row) => row.messageBytesMax)),
      ),
    },
  });
}
