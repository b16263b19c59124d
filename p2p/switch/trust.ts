import type { PeerId } from "../host.js";
import { createBans, type Bans } from "../peers/bans.js";
import { createScores, type Scores } from "../peers/score.js";
import type { Transport } from "../transport/transport.js";
import type { SwitchDeps, SwitchOptions } from "./options.js";

/** Scores and bans: what misbehaviour costs a peer. */
export class Trust {
  readonly #deps: SwitchDeps;
  readonly #transport: Transport;
  readonly #scores: Scores;
  readonly #bans: Bans;

  constructor({ transport, bans }: SwitchOptions, deps: SwitchDeps) {
    this.#deps = deps;
    this.#transport = transport;
    this.#scores = createScores(deps.clock);
    this.#bans = createBans(deps.clock, bans?.kept, bans?.save);
  }

  scoreOf(peer: PeerId): number {
    return this.#scores.of(peer);
  }

  isBanned(peer: PeerId): boolean {
    return this.#bans.has(peer);
  }

  penalize(peer: PeerId, points: number, reason: string): void {
    this.#deps.log.debug("peer penalized", { peer, points, reason });
    if (this.#scores.take(peer, points)) this.ban(peer, reason);
  }

  ban(peer: PeerId, reason: string): void {
    if (peer === this.#transport.id) return;
    this.#deps.log.info("peer banned", { peer, reason });
    this.#bans.add(peer, reason);
    this.#scores.forget(peer);
    this.#transport.hangUp(peer, reason);
  }
}
