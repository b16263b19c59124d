import type { Rate } from "#p2p/protocols/protocol.js";
import type { Clock } from "./deps.js";

/** Of what the asked take without complaint, so much is used: questions bunch up on their way. */
const SHARE = 0.5;

export interface Pace {
  /** Resolves when the next question may go. */
  turn(): Promise<void>;
}

/** Questions to one peer, below the rate that it publishes. */
export function createPace(clock: Clock, { perSecond, burst }: Rate): Pace {
  const everyMs = 1_000 / (perSecond * SHARE);
  const aheadMs = everyMs * burst * SHARE;
  let nextMs = -Infinity;
  return {
    turn() {
      const now = clock.monotonicMs();
      const at = Math.max(nextMs, now - aheadMs);
      nextMs = at + everyMs;
      return at <= now ? Promise.resolve() : new Promise((resolve) => clock.after(Math.ceil(at - now), resolve));
    },
  };
}
