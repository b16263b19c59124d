import { present } from "#proto/assert.js";
import { P2pFault, type PeerId } from "../host.js";
import type { Book } from "../peers/book.js";
import { createDialLog, type DialLog } from "../peers/dial-log.js";
import type { Transport } from "../transport/transport.js";
import type { SwitchDeps } from "./options.js";
import type { SwitchState } from "./state.js";
import type { Trust } from "./trust.js";

/** Dials peers, and persistent ones again and again. */
export class Dialer {
  readonly #deps: SwitchDeps;
  readonly #transport: Transport;
  readonly #state: SwitchState;
  readonly #book: Book;
  readonly #trust: Trust;
  readonly #dialLog: DialLog;
  readonly #redials = new Map<PeerId, { cancel(): void }>();

  constructor(deps: SwitchDeps, transport: Transport, state: SwitchState, book: Book, trust: Trust) {
    this.#deps = deps;
    this.#transport = transport;
    this.#state = state;
    this.#book = book;
    this.#trust = trust;
    this.#dialLog = createDialLog(deps.clock, deps.log);
  }

  start(): void {
    for (const { peer, persistent } of this.#book.list()) if (persistent) void this.#redial(peer);
  }

  stop(): void {
    for (const timer of this.#redials.values()) timer.cancel();
    this.#redials.clear();
  }

  /** Once. What failed is returned. */
  async dial(address: string): Promise<P2pFault | undefined> {
    const peer = this.#transport.peerOf(address);
    try {
      await this.#transport.dial(address);
      this.#book.dialled(peer, true);
      return undefined;
    } catch (error) {
      if (!(error instanceof P2pFault)) throw error;
      this.#book.dialled(peer, false);
      return error;
    }
  }

  /** For a persistent peer whose link is gone; nothing for another. */
  scheduleRedial(peer: PeerId): void {
    if (!this.#state.running || this.#redials.has(peer) || this.#book.get(peer)?.persistent !== true) return;
    const timer = this.#deps.clock.after(this.#book.redialDelayMs(peer), () => {
      this.#redials.delete(peer);
      void this.#redial(peer);
    });
    this.#redials.set(peer, timer);
  }

  async #redial(peer: PeerId): Promise<void> {
    const { running, links } = this.#state;
    if (!running || links.has(peer)) return;
    if (!this.#trust.isBanned(peer)) {
      const { address } = present(this.#book.get(peer), "a redialled peer is known");
      const failure = await this.dial(address);
      if (failure === undefined) this.#dialLog.reached(peer);
      else this.#dialLog.failed(peer, address, this.#book.get(peer)?.failures ?? 0, failure.message);
    } else this.#book.dialled(peer, false);
    if (!links.has(peer)) this.scheduleRedial(peer);
  }
}
