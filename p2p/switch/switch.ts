import { assert } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { P2pFault, type Host, type PeerId, type PeerInfo, type Verdict } from "../host.js";
import { createBook, type Book } from "../peers/book.js";
import { penalties } from "../peers/score.js";
import { protocolRow, protocols as allProtocols, type ProtocolTable } from "../protocols/table.js";
import type { Transport, TransportEvents } from "../transport/transport.js";
import { Admission } from "./admission.js";
import { Dialer } from "./dialer.js";
import { Inbound } from "./inbound.js";
import type { SwitchDeps, SwitchOptions } from "./options.js";
import { RateLimits } from "./rate-limits.js";
import type { SwitchState } from "./state.js";
import { Trust } from "./trust.js";

/** The Host over any transport: links, limits, scores, bans and redialling. */
export class Switch implements Host {
  readonly id: PeerId;
  readonly #deps: SwitchDeps;
  readonly #transport: Transport;
  readonly #table: ProtocolTable;
  readonly #state: SwitchState = { running: false, links: new Map() };
  readonly #book: Book;
  readonly #trust: Trust;
  readonly #admission: Admission;
  readonly #dialer: Dialer;
  readonly #inbound: Inbound;
  readonly #joined: ((peer: PeerId) => void)[] = [];
  readonly #left: ((peer: PeerId) => void)[] = [];

  constructor(options: SwitchOptions, deps: SwitchDeps) {
    const { transport } = options;
    const { clock, log } = deps;
    this.id = transport.id;
    this.#deps = deps;
    this.#transport = transport;
    this.#table = options.protocols ?? allProtocols;
    this.#book = createBook(deps.random);
    this.#trust = new Trust(options, deps);
    this.#admission = new Admission(options, clock, this.#state, this.#book);
    this.#dialer = new Dialer(deps, transport, this.#state, this.#book, this.#trust);
    const rates = new RateLimits(clock, this.#trust, this.#admission);
    this.#inbound = new Inbound(this.#table, log, this.#state, this.#trust, rates);
    for (const address of options.persistentPeers) {
      const peer = transport.peerOf(address);
      if (peer !== transport.id) this.#book.add(peer, address, true); // One list of peers often serves all nodes of a network.
    }
  }

  async start(): Promise<void> {
    this.#state.running = true;
    await this.#transport.start(this.#events());
    this.#dialer.start();
  }

  async stop(): Promise<void> {
    this.#state.running = false;
    this.#dialer.stop();
    await this.#transport.stop();
    this.#state.links.clear();
  }

  addresses(): readonly string[] {
    return this.#transport.addresses();
  }

  peers(): readonly PeerId[] {
    return [...this.#state.links.keys()];
  }

  peerInfo(): readonly PeerInfo[] {
    return [...this.#state.links].map(([id, { address, direction, since }]) => ({
      id,
      address,
      direction,
      since,
      score: this.#trust.scoreOf(id),
    }));
  }

  async connect(address: string): Promise<PeerId> {
    const peer = this.#transport.peerOf(address);
    if (!this.#state.running) throw new P2pFault("not_started", "the host is not started");
    if (this.#state.links.has(peer)) return peer;
    const failure = await this.#dialer.dial(address);
    if (failure !== undefined) throw failure;
    return peer;
  }

  disconnect(peer: PeerId, reason: string): void {
    this.#transport.hangUp(peer, reason);
  }

  onPeer(listener: (peer: PeerId) => void): void {
    this.#joined.push(listener);
  }

  onPeerGone(listener: (peer: PeerId) => void): void {
    this.#left.push(listener);
  }

  send(peer: PeerId, protocol: string, frame: Bytes): boolean {
    this.#checkFrame(protocol, frame);
    return this.#state.links.has(peer) && this.#transport.send(peer, protocol, frame);
  }

  broadcast(protocol: string, frame: Bytes, except?: PeerId): number {
    this.#checkFrame(protocol, frame);
    return this.peers().filter((peer) => peer !== except && this.#transport.send(peer, protocol, frame)).length;
  }

  #checkFrame(protocol: string, frame: Bytes): void {
    const { frameBytesMax } = protocolRow(this.#table, protocol, "frames");
    assert(frame.length <= frameBytesMax, `${protocol}: our frame is over the bound`);
  }

  onFrame(protocol: string, handler: (peer: PeerId, frame: Bytes) => void): void {
    protocolRow(this.#table, protocol, "frames");
    setOnce(this.#inbound.handlers.frames, protocol, handler);
  }

  async request(peer: PeerId, protocol: string, question: Bytes, timeoutMs: number): Promise<Bytes> {
    const { questionBytesMax } = protocolRow(this.#table, protocol, "request");
    assert(question.length <= questionBytesMax, `${protocol}: our question is over the bound`);
    if (!this.#state.links.has(peer)) throw new P2pFault("gone", `${peer} is not connected`);
    return this.#transport.request(peer, protocol, question, timeoutMs);
  }

  serve(protocol: string, handler: (peer: PeerId, question: Bytes) => Promise<Bytes | undefined>): void {
    protocolRow(this.#table, protocol, "request");
    setOnce(this.#inbound.handlers.questions, protocol, handler);
  }

  publish(topic: string, message: Bytes): void {
    const { messageBytesMax } = protocolRow(this.#table, topic, "gossip");
    assert(message.length <= messageBytesMax, `${topic}: our message is over the bound`);
    if (this.#state.running) this.#transport.publish(topic, message);
  }

  subscribe(topic: string, judge: (peer: PeerId, message: Bytes) => Verdict | Promise<Verdict>): void {
    protocolRow(this.#table, topic, "gossip");
    setOnce(this.#inbound.handlers.gossip, topic, judge);
    this.#transport.subscribe(topic);
  }

  useful(peer: PeerId): void {
    const link = this.#state.links.get(peer);
    if (link !== undefined) link.usefulMs = this.#deps.clock.monotonicMs();
  }

  penalize(peer: PeerId, points: number, reason: string): void {
    this.#trust.penalize(peer, points, reason);
  }

  ban(peer: PeerId, reason: string): void {
    this.#trust.ban(peer, reason);
  }

  #events(): TransportEvents {
    return {
      admits: (peer, address) =>
        this.#state.running &&
        !this.#trust.isBanned(peer) &&
        (this.#state.links.has(peer) || this.#admission.admit(peer, address, false)),
      standing: (peer) => this.#admission.standing(peer),
      linked: (peer, address, direction) => this.#linked(peer, address, direction),
      unlinked: (peer, reason) => this.#unlinked(peer, reason),
      frame: (peer, protocol, frame) => this.#inbound.frame(peer, protocol, frame),
      question: (peer, protocol, question) => this.#inbound.question(peer, protocol, question),
      gossip: (peer, topic, message) => this.#inbound.gossip(peer, topic, message),
      malformed: (peer, reason) => this.#trust.penalize(peer, penalties.malformedBytes, reason),
    };
  }

  #linked(peer: PeerId, address: string, direction: "inbound" | "outbound"): void {
    const { clock, log } = this.#deps;
    const { links } = this.#state;
    assert(!links.has(peer), `${peer} is linked twice`);
    // Only now: a peer that stops before this has taken no place.
    if (!this.#admission.admit(peer, address, true)) return this.#transport.hangUp(peer, "all places are taken");
    links.set(peer, {
      address,
      direction,
      since: clock.now(),
      sinceMs: clock.monotonicMs(),
      usefulMs: undefined,
      buckets: new Map(),
      answering: new Map(),
    });
    if (direction === "outbound") this.#book.add(peer, address, false);
    this.#book.dialled(peer, true);
    log.debug("peer up", { peer, direction });
    for (const listener of this.#joined) listener(peer);
  }

  #unlinked(peer: PeerId, reason: string): void {
    if (!this.#state.links.delete(peer)) return;
    this.#deps.log.debug("peer gone", { peer, reason });
    for (const listener of this.#left) listener(peer);
    this.#dialer.scheduleRedial(peer);
  }
}

function setOnce<Handler>(handlers: Map<string, Handler>, protocol: string, handler: Handler): void {
  assert(!handlers.has(protocol), `${protocol} has a handler`);
  handlers.set(protocol, handler);
}
