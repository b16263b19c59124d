import { Fault } from "#proto/fault.js";
import type { Bytes } from "#proto/bytes.js";

/**
 * How the rest of the node talks to its peers. One implementation (switch/) over two transports: libp2p, and memory on
 * a virtual clock. Limits of size and rate are those of protocols/table.ts; a message that breaks them never reaches a handler.
 */

/** Text form of a peer's identity: the base58 libp2p peer id of its ed25519 node key. */
export type PeerId = string;

/** accept: pass it on. ignore: keep it, say nothing (seen, or not for now). reject: wrong; its bringer loses score. */
export type Verdict = "accept" | "ignore" | "reject";

export interface PeerInfo {
  readonly id: PeerId;
  readonly address: string;
  readonly direction: "inbound" | "outbound";
  /** Clock.now() when the link came up. */
  readonly since: bigint;
  readonly score: number;
}

/** Names of protocols are the keys of protocols/table.ts. */
export interface Host {
  readonly id: PeerId;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Multiaddrs under which others reach this node, each with /p2p/<id>. Empty before start. */
  addresses(): readonly string[];
  /** Peers whose links are up in both directions, in the order in which they came. */
  peers(): readonly PeerId[];
  peerInfo(): readonly PeerInfo[];
  /** Dial an address once (with /p2p/<id>). Persistent peers are dialled by the host itself, for ever. */
  connect(address: string): Promise<PeerId>;
  disconnect(peer: PeerId, reason: string): void;
  onPeer(listener: (peer: PeerId) => void): void;
  onPeerGone(listener: (peer: PeerId) => void): void;

  /** One ordered frame to one peer. False: not connected, or its queue is full and the link was cut. Never blocks. */
  send(peer: PeerId, protocol: string, frame: Bytes): boolean;
  /** The same frame to all peers but one. Returns how many took it. */
  broadcast(protocol: string, frame: Bytes, except?: PeerId): number;
  onFrame(protocol: string, handler: (peer: PeerId, frame: Bytes) => void): void;

  /** One question, one bounded answer. @throws P2pFault: refused, timeout, gone, too_large. */
  request(peer: PeerId, protocol: string, question: Bytes, timeoutMs: number): Promise<Bytes>;
  /** Undefined refuses the question (the asker sees `refused`). */
  serve(protocol: string, handler: (peer: PeerId, question: Bytes) => Promise<Bytes | undefined>): void;

  /** To all subscribers, over any number of hops. */
  publish(topic: string, message: Bytes): void;
  subscribe(topic: string, judge: (peer: PeerId, message: Bytes) => Verdict | Promise<Verdict>): void;

  /** The peer brought a validator's word that was new here: it keeps its place before those who bring nothing. */
  useful(peer: PeerId): void;
  /** Take points off a peer's score; at zero trust left it is banned for a while (peers/score.ts has the numbers). */
  penalize(peer: PeerId, points: number, reason: string): void;
  ban(peer: PeerId, reason: string): void;
}

/** The network failed us: unlike a Rejection this says nothing about anybody's honesty. */
export class P2pFault extends Fault<P2pFaultCode> {}

export type P2pFaultCode =
  "bad_address" | "dial_failed" | "gone" | "not_started" | "refused" | "timeout" | "too_large" | "unknown_protocol";
