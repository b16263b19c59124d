import type { Clock } from "../deps.js";
import type { Rate } from "../protocols/protocol.js";

const TURN_MS = 1_000;

/** A budget that several peers share. While it suffices, requests are served as they come; else each peer gets its part in turn. */
export interface FairShare {
  /** Takes it, or nothing and false: it is used up, or this peer has had its part of this turn. */
  take(peer: string, count: number): boolean;
  /** For what was used already. How many milliseconds the peer has to rest, 0 when it need not. */
  spend(peer: string, count: number): number;
}

/** Memory: the peers of one turn, which are links. */
export function createFairShare(clock: Pick<Clock, "monotonicMs">, { perSecond, burst }: Rate): FairShare {
  let left = burst;
  let filledAt = clock.monotonicMs();
  let turnAt = filledAt;
  let used = new Map<string, number>();
  /** Peers of the last turn too: a new turn does not begin with everything for its first comer. */
  let before = 0;

  function refill(): number {
    const now = clock.monotonicMs();
    left = Math.min(burst, left + ((now - filledAt) * perSecond) / 1000);
    filledAt = now;
    if (now - turnAt >= TURN_MS) {
      before = used.size;
      used = new Map();
      turnAt = now;
    }
    return now;
  }

  /** Whether it is scarce and the peer has more than its part once it took `count`. */
  function isGreedy(peer: string, count: number): boolean {
    if (left >= burst / 2) return false;
    const members = Math.max(before, used.size + (used.has(peer) ? 0 : 1), 1);
    return (used.get(peer) ?? 0) + count > perSecond / members;
  }

  function note(peer: string, count: number): void {
    left -= count;
    used.set(peer, (used.get(peer) ?? 0) + count);
  }

  return {
    take(peer, count) {
      refill();
      if (count > left || isGreedy(peer, count)) return false;
      note(peer, count);
      return true;
    },
    spend(peer, count) {
      const now = refill();
      const greedy = isGreedy(peer, count);
      note(peer, count);
      // Below nothing everybody rests until it is made up for, and who had more than its part for the whole turn.
      const owedMs = left < 0 ? (-left * 1000) / perSecond : 0;
      return Math.min(TURN_MS, Math.max(owedMs, greedy ? turnAt + TURN_MS - now : 0));
    },
  };
}
