import { BoundedSet } from "#proto/bounded.js";
import { toHex, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { Clock } from "../../deps.js";
import { P2pFault, type PeerId } from "../../host.js";
import { protocolRow, type ProtocolTable } from "../../protocols/table.js";
import type { Transport, TransportEvents } from "../transport.js";
import { Flood, SEEN_MAX } from "./gossip.js";
import type { Links, MemoryNode } from "./links.js";
import type { Paths } from "./paths.js";

const DIAL_MS_MAX = 10_000;

export const memoryAddress = (id: PeerId): string => `/memory/${id}/p2p/${id}`;

/** One node's end of a memory network. */
export class MemoryTransport implements Transport {
  readonly id: PeerId;
  readonly #node: MemoryNode;
  readonly #table: ProtocolTable;
  readonly #clock: Clock;
  readonly #paths: Paths;
  readonly #links: Links;
  readonly #flood: Flood;

  constructor(id: PeerId, table: ProtocolTable, clock: Clock, paths: Paths, links: Links) {
    this.id = id;
    this.#node = { id, events: undefined, topics: new Set(), seen: new BoundedSet(SEEN_MAX) };
    this.#table = table;
    this.#clock = clock;
    this.#paths = paths;
    this.#links = links;
    this.#flood = new Flood(clock, links);
  }

  start(events: TransportEvents): Promise<void> {
    this.#links.nodes.set(this.id, this.#node);
    this.#node.events = events;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    const up = this.#links.peersOf(this.id);
    this.#node.events = undefined;
    for (const peer of up) this.hangUp(peer, "the peer stopped");
    if (this.#links.nodes.get(this.id) === this.#node) this.#links.nodes.delete(this.id);
    return Promise.resolve();
  }

  addresses(): readonly string[] {
    return [memoryAddress(this.id)];
  }

  peerOf(address: string): PeerId {
    const found = /^\/memory\/([^/]+)\/p2p\/\1$/.exec(address);
    if (found === null) throw new P2pFault("bad_address", `${address} is not /memory/<id>/p2p/<id>`);
    return found[1]!;
  }

  async dial(address: string): Promise<void> {
    const to = this.peerOf(address);
    const { id } = this;
    await this.#sleep(this.#paths.arrivals(id, to, true)[0]!);
    if (this.#links.between(id, to) !== undefined) return;
    const far = this.#links.nodes.get(to)?.events;
    if (this.#paths.isCut(id, to) || this.#paths.isCut(to, id)) {
      await this.#sleep(DIAL_MS_MAX);
      throw new P2pFault("dial_failed", `${to} does not answer`);
    }
    const { events } = this.#node;
    if (events === undefined || far === undefined) throw new P2pFault("dial_failed", `${to} is not up`);
    if (!events.admits(to, memoryAddress(to)) || !far.admits(id, memoryAddress(id))) {
      throw new P2pFault("dial_failed", `${to} is not admitted`);
    }
    const link = this.#links.open(id, to);
    far.linked(id, memoryAddress(id), "inbound");
    if (link.broken) throw new P2pFault("dial_failed", `${to} has no place`);
    events.linked(to, memoryAddress(to), "outbound");
  }

  hangUp(peer: PeerId, reason: string): void {
    const link = this.#links.between(this.id, peer);
    if (link !== undefined) this.#links.break(link, reason);
  }

  send(to: PeerId, name: string, frame: Bytes): boolean {
    const { queueBytesMax } = protocolRow(this.#table, name, "frames");
    const link = this.#links.between(this.id, to);
    if (link === undefined) return false;
    const queue = `${this.id}/${name}`;
    const queued = (link.queued.get(queue) ?? 0) + frame.length;
    if (queued > queueBytesMax) {
      this.#links.break(link, `${name}: the peer reads too slowly`);
      return false;
    }
    const copy = frame.slice(); // As over a wire: no shared memory.
    const what = `${name} ${toHex(sha256(copy).subarray(0, 8))}`;
    let counted = false;
    const carried = this.#links.carry(link, this.id, to, what, (events) => {
      if (counted) link.queued.set(queue, (link.queued.get(queue) ?? 0) - copy.length);
      counted = false;
      events.frame(this.id, name, copy);
    });
    if (carried) {
      counted = true;
      link.queued.set(queue, queued);
    }
    return true;
  }

  request(to: PeerId, name: string, question: Bytes, timeoutMs: number): Promise<Bytes> {
    const { answerBytesMax } = protocolRow(this.#table, name, "request");
    const link = this.#links.between(this.id, to);
    if (link === undefined) return Promise.reject(new P2pFault("gone", `${to} is not connected`));
    return new Promise((resolve, reject) => {
      const late = (): void => settle(new P2pFault("timeout", `${name}: no answer in ${timeoutMs} ms`));
      const timer = this.#clock.after(timeoutMs, late);
      const settle = (outcome: Bytes | P2pFault): void => {
        timer.cancel();
        link.onBreak.delete(settle);
        if (outcome instanceof P2pFault) reject(outcome);
        else resolve(outcome);
      };
      link.onBreak.add(settle);
      this.#links.carry(link, this.id, to, `${name}?`, (events) => {
        void events.question(this.id, name, question.slice()).then((answer) => {
          this.#links.carry(link, to, this.id, `${name}!`, () => settle(outcomeOf(name, answer, answerBytesMax)));
        });
      });
    });
  }

  publish(topic: string, message: Bytes): void {
    const hash = toHex(sha256(message));
    if (!this.#node.seen.has(hash)) this.#flood.spread(this.#node, topic, message.slice(), hash);
  }

  subscribe(topic: string): void {
    this.#node.topics.add(topic);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve));
  }
}

function outcomeOf(name: string, answer: Bytes | undefined, bytesMax: number): Bytes | P2pFault {
  if (answer === undefined) return new P2pFault("refused", `${name}: refused`);
  return answer.length > bytesMax ? new P2pFault("too_large", `${name}: ${answer.length} bytes`) : answer.slice();
}
