import type { Clock } from "../deps.js";
import type { PeerId } from "../host.js";
import { createFairShare, type FairShare } from "../peers/fair-share.js";
import { createTokenBucket } from "../peers/limits.js";
import { penalties } from "../peers/score.js";
import type { GossipProtocol, Rate } from "../protocols/protocol.js";
import type { Admission } from "./admission.js";
import type { Link } from "./state.js";
import type { Trust } from "./trust.js";

const floodOf = ({ perSecond, burst }: Rate, times: number): Rate => ({
  perSecond: times * perSecond,
  burst: times * burst,
});

/** Rates of one peer, and of all together that the operator has not named. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #trust: Trust;
  readonly #admission: Admission;
  readonly #shares = new Map<string, FairShare>();

  constructor(clock: Clock, trust: Trust, admission: Admission) {
    this.#clock = clock;
    this.#trust = trust;
    this.#admission = admission;
  }

  /**
   * False when the peer sends more than its rate; the bytes are then dropped.
   * @param times the rate's multiple from which on it is a flood, which costs the peer score
   */
  withinRate(peer: PeerId, link: Link, name: string, rate: Rate, times: number, count = 1): boolean {
    if (!this.#take(link, `${name}/flood`, floodOf(rate, times), count)) {
      this.#trust.penalize(peer, penalties.overRate, `${name}: a flood`);
      return false;
    }
    return this.#take(link, name, rate, count);
  }

  /**
   * A peer does not choose what it relays: messages over the rate are dropped unread, and no peer is blamed.
   * Those named by the operator may pass on the flood of a crowd.
   */
  takeGossip(peer: PeerId, link: Link, name: string, limits: GossipProtocol): boolean {
    const isNamed = this.#admission.isNamed(peer);
    const rate = isNamed ? limits.strangersRate : limits.messagesRate;
    return this.#take(link, name, rate, 1) && (isNamed || this.#shareOf(name, limits).take(peer, 1));
  }

  #take(link: Link, name: string, rate: Rate, count: number): boolean {
    let bucket = link.buckets.get(name);
    if (bucket === undefined) link.buckets.set(name, (bucket = createTokenBucket(this.#clock, rate)));
    return bucket.take(count);
  }

  #shareOf(name: string, { strangersRate }: GossipProtocol): FairShare {
    let share = this.#shares.get(name);
    if (share === undefined) this.#shares.set(name, (share = createFairShare(this.#clock, strangersRate)));
    return share;
  }
}
