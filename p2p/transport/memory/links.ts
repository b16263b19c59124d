import type { Clock } from "../../deps.js";
import { P2pFault, type PeerId } from "../../host.js";
import type { TransportEvents } from "../transport.js";
import { SILENCE_MS_MAX, type Paths } from "./paths.js";

export interface MemoryNode {
  readonly id: PeerId;
  /** Undefined while it is down. */
  events: TransportEvents | undefined;
  readonly topics: Set<string>;
  /** Gossip that it has had. */
  readonly seen: Set<string>;
}

export interface Link {
  readonly ends: readonly [PeerId, PeerId];
  broken: boolean;
  /** Frame bytes under way, by "from/protocol". */
  readonly queued: Map<string, number>;
  readonly onBreak: Set<(fault: P2pFault) => void>;
  silence: { cancel(): void } | undefined;
}

const keyOf = (a: PeerId, b: PeerId): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** The nodes that are up, and the links between them. */
export class Links {
  readonly nodes = new Map<PeerId, MemoryNode>();
  readonly #clock: Clock;
  readonly #paths: Paths;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #links = new Map<string, Link>();

  constructor(clock: Clock, paths: Paths, trace: ((line: string) => void) | undefined) {
    this.#clock = clock;
    this.#paths = paths;
    this.#trace = trace;
  }

  between(a: PeerId, b: PeerId): Link | undefined {
    return this.#links.get(keyOf(a, b));
  }

  peersOf(id: PeerId): PeerId[] {
    const ends = [...this.#links.values()].map((link) => link.ends).filter((each) => each.includes(id));
    return ends.map(([a, b]) => (a === id ? b : a));
  }

  open(a: PeerId, b: PeerId): Link {
    const link: Link = { ends: [a, b], broken: false, queued: new Map(), onBreak: new Set(), silence: undefined };
    this.#links.set(keyOf(a, b), link);
    return link;
  }

  break(link: Link, reason: string): void {
    if (link.broken) return;
    link.broken = true;
    link.silence?.cancel();
    this.#links.delete(keyOf(...link.ends));
    for (const tell of [...link.onBreak]) tell(new P2pFault("gone", reason));
    const [a, b] = link.ends;
    this.nodes.get(a)?.events?.unlinked(b, reason);
    this.nodes.get(b)?.events?.unlinked(a, reason);
  }

  setCut(from: PeerId, to: PeerId, cut: boolean): void {
    this.#paths.setCut(from, to, cut);
    const link = this.between(from, to);
    if (link === undefined) return;
    if (this.#paths.isCut(from, to) || this.#paths.isCut(to, from)) {
      link.silence ??= this.#clock.after(SILENCE_MS_MAX, () => this.break(link, "silence"));
      return;
    }
    link.silence?.cancel();
    link.silence = undefined;
  }

  /** Runs `arrive` at the far end for each copy that gets through while the link lives. False when the packet is lost. */
  carry(link: Link, from: PeerId, to: PeerId, what: string, arrive: (events: TransportEvents) => void): boolean {
    const arrivals = this.#paths.arrivals(from, to);
    for (const ms of arrivals) {
      this.#clock.after(ms, () => {
        const events = this.nodes.get(to)?.events;
        if (link.broken || events === undefined) return;
        this.#trace?.(`${this.#clock.monotonicMs()} ${from} ${to} ${what}`);
        arrive(events);
      });
    }
    return arrivals.length > 0;
  }
}
