import { assert } from "#proto/assert.js";
import type { Clock, Random } from "../../deps.js";
import type { PeerId } from "../../host.js";
import { protocols as allProtocols, type ProtocolTable } from "../../protocols/table.js";
import type { Transport } from "../transport.js";
import { Links } from "./links.js";
import { createPaths, noFaults, type FaultCounts, type Faults, type Paths } from "./paths.js";
import { MemoryTransport } from "./transport.js";

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
export class MemoryNetwork {
  readonly #clock: Clock;
  readonly #paths: Paths;
  readonly #links: Links;
  /** Also of those that are down: a partition holds while a node restarts. */
  readonly #ids = new Set<PeerId>();

  constructor(clock: Clock, chance: Chance, options: MemoryNetworkOptions = {}) {
    this.#clock = clock;
    this.#paths = createPaths(clock, () => chance.fork(), options.faults ?? noFaults);
    this.#links = new Links(clock, this.#paths, options.trace);
  }

  /** The id is any text without a slash; its address is /memory/<id>/p2p/<id>. */
  transport(id: PeerId, protocols: ProtocolTable = allProtocols): Transport {
    assert(this.#links.nodes.get(id)?.events === undefined, `${id} is already up`);
    this.#ids.add(id);
    return new MemoryTransport(id, protocols, this.#clock, this.#paths, this.#links);
  }

  setFaults(faults: Faults): void {
    this.#paths.setFaults(faults);
  }

  /** Packets of this direction vanish without a sign; after SILENCE_MS_MAX the link breaks on both sides. */
  cut(from: PeerId, to: PeerId): void {
    this.#links.setCut(from, to, true);
  }

  heal(from: PeerId, to: PeerId): void {
    this.#links.setCut(from, to, false);
  }

  /** Cuts both directions between all peers of different groups. Peers in no group are alone. */
  partition(groups: readonly (readonly PeerId[])[]): void {
    const group = (id: PeerId): number => groups.findIndex((members) => members.includes(id));
    this.#setCuts((a, b) => group(a) !== group(b) || group(a) === -1);
  }

  healAll(): void {
    this.#setCuts(() => false);
  }

  #setCuts(isCut: (a: PeerId, b: PeerId) => boolean): void {
    for (const a of this.#ids) for (const b of this.#ids) if (a !== b) this.#links.setCut(a, b, isCut(a, b));
  }

  /** Nothing arrives for so long; afterwards everything does, in order. */
  clog(from: PeerId, to: PeerId, ms: number): void {
    this.#paths.clog(from, to, ms);
  }

  /** Breaks the link at once, as a reset does. */
  disconnect(a: PeerId, b: PeerId): void {
    const link = this.#links.between(a, b);
    if (link !== undefined) this.#links.break(link, "reset");
  }

  /** Effects on packets so far. */
  faultCounts(): Readonly<FaultCounts> {
    return this.#paths.counts;
  }
}
