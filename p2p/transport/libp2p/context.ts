import type { GossipSub } from "@libp2p/gossipsub";
import type { Connection, Libp2p } from "@libp2p/interface";
import type { Clock, Log } from "../../deps.js";
import type { PeerId } from "../../host.js";
import type { Protocol } from "../../protocols/protocol.js";
import { protocolId, type ProtocolTable } from "../../protocols/table.js";
import type { PendingConnections } from "../pending-connections.js";
import type { TransportEvents } from "../transport.js";
import type { Turns } from "../turns.js";

export type Node = Libp2p<{ pubsub: GossipSub }>;

/** State that the parts of the transport share. */
export interface Context {
  readonly clock: Clock;
  readonly log: Log;
  readonly node: Node;
  readonly network: string;
  readonly table: ProtocolTable;
  readonly pending: PendingConnections;
  readonly turns: Turns;
  readonly listener: Listener;
}

/** Undefined before the transport starts and after it stops. */
export interface Listener {
  events: TransportEvents | undefined;
}

/** The id of a protocol on the wire. */
export function idOf({ network }: Context, name: string): string {
  return protocolId(network, name);
}

/** The protocols of one kind. */
export function rowsOf<K extends Protocol["kind"]>(table: ProtocolTable, kind: K): Extract<Protocol, { kind: K }>[] {
  return Object.values(table).filter((row): row is Extract<Protocol, { kind: K }> => row.kind === kind);
}

/** Open connections to the peer: usually one, two for a moment when both have dialled. */
export function connectionsOf({ node }: Context, peer: PeerId): Connection[] {
  return node.getConnections().filter(({ remotePeer }) => remotePeer.toString() === peer);
}
