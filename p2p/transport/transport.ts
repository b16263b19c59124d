import type { Bytes } from "#proto/bytes.js";
import type { PeerId, Verdict } from "../host.js";
import type { Standing } from "./turns.js";

/** Moves bytes. Trust, rates and meaning belong to the switch (../switch/), the same for all transports. */
export interface Transport {
  readonly id: PeerId;
  start(events: TransportEvents): Promise<void>;
  stop(): Promise<void>;
  addresses(): readonly string[];
  /** The peer id that an address names. @throws P2pFault bad_address */
  peerOf(address: string): PeerId;
  /** Resolves when the link is up in both directions (linked() has been called). @throws P2pFault dial_failed */
  dial(address: string): Promise<void>;
  /** Cuts all connections to the peer; unlinked() follows when there was a link. */
  hangUp(peer: PeerId, reason: string): void;
  /** False: no link, or the peer reads too slowly and the link was cut. */
  send(peer: PeerId, protocol: string, frame: Bytes): boolean;
  /** @throws P2pFault gone, refused, timeout, too_large */
  request(peer: PeerId, protocol: string, question: Bytes, timeoutMs: number): Promise<Bytes>;
  publish(topic: string, message: Bytes): void;
  subscribe(topic: string): void;
}

export interface TransportEvents {
  /** Asked before a connection to or from the peer is used. */
  admits(peer: PeerId, address: string): boolean;
  /** Whose bytes are read first when there is too much to do. */
  standing(peer: PeerId): Standing;
  linked(peer: PeerId, address: string, direction: "inbound" | "outbound"): void;
  unlinked(peer: PeerId, reason: string): void;
  frame(peer: PeerId, protocol: string, frame: Bytes): void;
  question(peer: PeerId, protocol: string, question: Bytes): Promise<Bytes | undefined>;
  gossip(peer: PeerId, topic: string, message: Bytes): Verdict | Promise<Verdict>;
  /** The peer broke the framing below the messages. */
  malformed(peer: PeerId, reason: string): void;
}
