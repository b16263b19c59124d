import type { Clock } from "../deps.js";
import type { PeerId } from "../host.js";
import type { Book } from "../peers/book.js";
import { IDLE_MS, selectPeerToEvict, type EvictionCandidate } from "../peers/eviction.js";
import { hostOf } from "../peers/host-of.js";
import type { Standing } from "../transport/turns.js";
import type { SwitchOptions } from "./options.js";
import type { SwitchState } from "./state.js";

/** Decides which peers may be linked: places are limited for those that the operator has not named. */
export class Admission {
  readonly #options: SwitchOptions;
  readonly #clock: Clock;
  readonly #state: SwitchState;
  readonly #book: Book;
  readonly #unconditional: ReadonlySet<PeerId>;

  constructor(options: SwitchOptions, clock: Clock, state: SwitchState, book: Book) {
    this.#options = options;
    this.#clock = clock;
    this.#state = state;
    this.#book = book;
    this.#unconditional = new Set(options.unconditionalPeers);
  }

  /** The operator has named it, as a persistent or an unconditional peer: it needs no place. */
  isNamed(peer: PeerId): boolean {
    return this.#unconditional.has(peer) || this.#book.get(peer)?.persistent === true;
  }

  /**
   * False: all places are taken, and no peer can be evicted.
   * @param evict cuts the link of the peer that loses its place; else it is only found out whether there is one
   */
  admit(peer: PeerId, address: string, evict: boolean): boolean {
    const others = this.#candidates().filter((each) => each.peer !== peer);
    if (this.isNamed(peer) || others.length < this.#options.peersMax) return true;
    const evicted = selectPeerToEvict(others, hostOf(address), this.#clock.monotonicMs());
    if (evicted !== undefined && evict) this.#options.transport.hangUp(evicted, "its place is needed");
    return evicted !== undefined;
  }

  #candidates(): EvictionCandidate[] {
    return [...this.#state.links].flatMap(([peer, { address, sinceMs, usefulMs }]) =>
      this.isNamed(peer) ? [] : [{ peer, host: hostOf(address), sinceMs, usefulMs }],
    );
  }

  standing(peer: PeerId): Standing {
    if (this.isNamed(peer)) return "named";
    const usefulMs = this.#state.links.get(peer)?.usefulMs;
    return usefulMs !== undefined && this.#clock.monotonicMs() - usefulMs < IDLE_MS ? "useful" : "stranger";
  }
}
