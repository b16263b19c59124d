import { assert } from "#proto/assert.js";
import { toHex, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { Clock, Random } from "../deps.js";
import { P2pFault, type PeerId } from "../host.js";
import type { Protocol } from "../protocols/protocol.js";
import { protocols as allProtocols, type ProtocolTable } from "../protocols/table.js";
import { noFaults, SILENCE_MS_MAX, ways, type FaultCounts, type Faults } from "./memory-links.js";
import type { Transport, TransportEvents } from "./transport.js";

export { noFaults, SILENCE_MS_MAX, type FaultCounts, type Faults } from "./memory-links.js";

/** A source of chance that gives each part a stream of its own, so that a draw in one does not shift the others. */
export interface Chance extends Random {
  fork(): Chance;
}

export interface MemoryNetworkOptions {
  readonly faults?: Faults;
  /** Told of every arrival: the same seed gives the same lines. */
  readonly trace?: (line: string) => void;
}

/** Peers in one process, on a virtual clock. What happens to packets is drawn from one seed. */
export interface MemoryNetwork {
  /** The id is any text without a slash; its address is /memory/<id>/p2p/<id>. */
  transport(id: PeerId, protocols?: ProtocolTable): Transport;
  setFaults(faults: Faults): void;
  /** Packets of this direction vanish without a sign; after SILENCE_MS_MAX the link breaks on both sides. */
  cut(from: PeerId, to: PeerId): void;
  heal(from: PeerId, to: PeerId): void;
  /** Cuts both directions between all peers of different groups. Peers in no group are alone. */
  partition(groups: readonly (readonly PeerId[])[]): void;
  healAll(): void;
  clog(from: PeerId, to: PeerId, ms: number): void;
  /** Breaks the link at once, as a reset does. */
  disconnect(a: PeerId, b: PeerId): void;
  /** What packets met so far. */
  faultCounts(): Readonly<FaultCounts>;
}

export const memoryAddress = (id: PeerId): string => `/memory/${id}/p2p/${id}`;

const DIAL_MS_MAX = 10_000;
const SEEN_MAX = 20_000;
/** As gossipsub's heartbeat repairs what a mesh lost. */
const REPAIR_MS = 1_000;
const REPAIRS_MAX = 5;

interface Node {
  readonly id: PeerId;
  events: TransportEvents | undefined;
  readonly topics: Set<string>;
  readonly seen: Set<string>;
}

interface Link {
  readonly ends: readonly [PeerId, PeerId];
  broken: boolean;
  /** Frame bytes under way, by "from/protocol". */
  readonly queued: Map<string, number>;
  readonly onBreak: Set<(fault: P2pFault) => void>;
  silence: { cancel(): void } | undefined;
}

export function memoryNetwork(clock: Clock, chance: Chance, options: MemoryNetworkOptions = {}): MemoryNetwork {
  const lines = ways(clock, () => chance.fork(), options.faults ?? noFaults);
  const nodes = new Map<PeerId, Node>();
  const ids = new Set<PeerId>(); // Also of those that are down: a partition holds while a node restarts.
  const links = new Map<string, Link>();
  const key = (a: PeerId, b: PeerId): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
  const linkOf = (a: PeerId, b: PeerId): Link | undefined => links.get(key(a, b));
  const linked = (id: PeerId): PeerId[] =>
    [...links.values()].filter(({ ends }) => ends.includes(id)).map(({ ends }) => (ends[0] === id ? ends[1] : ends[0]));

  /** Runs `arrive` at the far end for each copy that gets through while the link lives. False when the packet is lost. */
  function carry(
    link: Link,
    from: PeerId,
    to: PeerId,
    what: string,
    arrive: (events: TransportEvents) => void,
  ): boolean {
    const arrivals = lines.arrivals(from, to);
    for (const ms of arrivals) {
      clock.after(ms, () => {
        const events = nodes.get(to)?.events;
        if (link.broken || events === undefined) return;
        options.trace?.(`${clock.monotonicMs()} ${from} ${to} ${what}`);
        arrive(events);
      });
    }
    return arrivals.length > 0;
  }

  function breakLink(link: Link, reason: string): void {
    if (link.broken) return;
    link.broken = true;
    link.silence?.cancel();
    links.delete(key(...link.ends));
    for (const tell of [...link.onBreak]) tell(new P2pFault("gone", reason));
    const [a, b] = link.ends;
    nodes.get(a)?.events?.unlinked(b, reason);
    nodes.get(b)?.events?.unlinked(a, reason);
  }

  function setCut(from: PeerId, to: PeerId, cut: boolean): void {
    lines.setCut(from, to, cut);
    const link = linkOf(from, to);
    if (link === undefined) return;
    const silent = lines.isCut(from, to) || lines.isCut(to, from);
    if (silent) link.silence ??= clock.after(SILENCE_MS_MAX, () => breakLink(link, "silence"));
    else {
      link.silence?.cancel();
      link.silence = undefined;
    }
  }

  async function dial(from: Node, to: PeerId): Promise<void> {
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
    await sleep(lines.arrivals(from.id, to, true)[0]!);
    if (linkOf(from.id, to) !== undefined) return;
    const far = nodes.get(to);
    if (lines.isCut(from.id, to) || lines.isCut(to, from.id)) {
      await sleep(DIAL_MS_MAX);
      throw new P2pFault("dial_failed", `${to} does not answer`);
    }
    if (from.events === undefined || far?.events === undefined) throw new P2pFault("dial_failed", `${to} is not up`);
    if (!from.events.admits(to, memoryAddress(to)) || !far.events.admits(from.id, memoryAddress(from.id)))
      throw new P2pFault("dial_failed", `${to} is not admitted`);
    const link: Link = {
      ends: [from.id, to],
      broken: false,
      queued: new Map(),
      onBreak: new Set(),
      silence: undefined,
    };
    links.set(key(from.id, to), link);
    far.events.linked(from.id, memoryAddress(from.id), "inbound");
    if (link.broken) throw new P2pFault("dial_failed", `${to} has no place`);
    from.events.linked(to, memoryAddress(to), "outbound");
  }

  function send(from: PeerId, to: PeerId, name: string, frame: Bytes, queueBytesMax: number): boolean {
    const link = linkOf(from, to);
    if (link === undefined) return false;
    const queue = `${from}/${name}`;
    const queued = (link.queued.get(queue) ?? 0) + frame.length;
    if (queued > queueBytesMax) {
      breakLink(link, `${name}: the peer reads too slowly`);
      return false;
    }
    const copy = frame.slice(); // As over a wire: nobody shares memory.
    let counted = false;
    const carried = carry(link, from, to, `${name} ${toHex(sha256(copy).subarray(0, 8))}`, (events) => {
      if (counted) {
        link.queued.set(queue, (link.queued.get(queue) ?? 0) - copy.length);
        counted = false;
      }
      events.frame(from, name, copy);
    });
    if (carried) {
      counted = true;
      link.queued.set(queue, queued);
    }
    return true;
  }

  function ask(
    from: PeerId,
    to: PeerId,
    name: string,
    question: Bytes,
    timeoutMs: number,
    answerBytesMax: number,
  ): Promise<Bytes> {
    const link = linkOf(from, to);
    if (link === undefined) return Promise.reject(new P2pFault("gone", `${to} is not connected`));
    return new Promise((resolve, reject) => {
      const timer = clock.after(timeoutMs, () =>
        settle(new P2pFault("timeout", `${name}: no answer in ${timeoutMs} ms`)),
      );
      const settle = (outcome: Bytes | P2pFault): void => {
        timer.cancel();
        link.onBreak.delete(settle);
        if (outcome instanceof P2pFault) reject(outcome);
        else resolve(outcome);
      };
      link.onBreak.add(settle);
      carry(link, from, to, `${name}?`, (events) => {
        void events.question(from, name, question.slice()).then((answer) => {
          carry(link, to, from, `${name}!`, () => {
            if (answer === undefined) settle(new P2pFault("refused", `${name}: refused`));
            else if (answer.length > answerBytesMax)
              settle(new P2pFault("too_large", `${name}: ${answer.length} bytes`));
            else settle(answer.slice());
          });
        });
      });
    });
  }

  /** Floods; what a link loses is sent again, as a mesh would repair it. */
  function gossip(from: Node, topic: string, message: Bytes, id: string, except: PeerId | undefined): void {
    from.seen.add(id);
    if (from.seen.size > SEEN_MAX) for (const oldest of from.seen) if (from.seen.delete(oldest)) break;
    for (const to of linked(from.id)) if (to !== except) hand(from, to, topic, message, id, REPAIRS_MAX);
  }

  function hand(from: Node, to: PeerId, topic: string, message: Bytes, id: string, repairs: number): void {
    const link = linkOf(from.id, to);
    const far = nodes.get(to);
    if (link === undefined || far === undefined || !far.topics.has(topic)) return;
    const carried = carry(link, from.id, to, `${topic} ${id.slice(0, 16)}`, (events) => {
      if (far.seen.has(id)) return;
      far.seen.add(id);
      void Promise.resolve(events.gossip(from.id, topic, message.slice())).then((verdict) => {
        if (verdict === "accept" && far.events !== undefined) gossip(far, topic, message, id, from.id);
      });
    });
    if (!carried && repairs > 0) clock.after(REPAIR_MS, () => hand(from, to, topic, message, id, repairs - 1));
  }

  return {
    transport(id, table: ProtocolTable = allProtocols) {
      const row = <K extends Protocol["kind"]>(name: string, kind: K): Extract<Protocol, { kind: K }> => {
        const found = table[name];
        assert(found?.kind === kind, `${name} is no ${kind} protocol`);
        return found as Extract<Protocol, { kind: K }>;
      };
      assert(!nodes.has(id) || nodes.get(id)!.events === undefined, `${id} is already up`);
      ids.add(id);
      const node: Node = { id, events: undefined, topics: new Set(), seen: new Set() };
      return {
        id,
        start(events) {
          nodes.set(id, node);
          node.events = events;
          return Promise.resolve();
        },
        stop() {
          const up = linked(id);
          node.events = undefined;
          for (const peer of up) breakLink(linkOf(id, peer)!, "the peer stopped");
          if (nodes.get(id) === node) nodes.delete(id);
          return Promise.resolve();
        },
        addresses: () => [memoryAddress(id)],
        peerOf,
        dial: (address) => dial(node, peerOf(address)),
        hangUp(peer, reason) {
          const link = linkOf(id, peer);
          if (link !== undefined) breakLink(link, reason);
        },
        send: (peer, protocol, frame) => send(id, peer, protocol, frame, row(protocol, "frames").queueBytesMax),
        request: (peer, protocol, question, timeoutMs) =>
          ask(id, peer, protocol, question, timeoutMs, row(protocol, "request").answerBytesMax),
        publish(topic, message) {
          const hash = toHex(sha256(message));
          if (!node.seen.has(hash)) gossip(node, topic, message.slice(), hash, undefined);
        },
        subscribe: (topic) => void node.topics.add(topic),
      };
    },
    setFaults: (faults) => lines.setFaults(faults),
    cut: (from, to) => setCut(from, to, true),
    heal: (from, to) => setCut(from, to, false),
    partition(groups) {
      const group = (id: PeerId): number => groups.findIndex((members) => members.includes(id));
      for (const a of ids) {
        for (const b of ids) if (a !== b) setCut(a, b, group(a) !== group(b) || group(a) === -1);
      }
    },
    healAll() {
      for (const a of ids) for (const b of ids) if (a !== b) setCut(a, b, false);
    },
    clog: (from, to, ms) => lines.clog(from, to, ms),
    disconnect(a, b) {
      const link = linkOf(a, b);
      if (link !== undefined) breakLink(link, "reset");
    },
    faultCounts: () => lines.counts,
  };
}

/** @throws P2pFault bad_address */
function peerOf(address: string): PeerId {
  const found = /^\/memory\/([^/]+)\/p2p\/\1$/.exec(address);
  if (found === null) throw new P2pFault("bad_address", `${address} is not /memory/<id>/p2p/<id>`);
  return found[1]!;
}
