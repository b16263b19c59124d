import type { Clock } from "../deps.js";
import type { Rate } from "../protocols/protocol.js";

export interface TokenBucket {
  /** Takes `count` tokens, or none and false. */
  take(count: number): boolean;
}

/** Refills evenly by the monotonic clock; a peer cannot save up more than the burst. */
export function createTokenBucket(clock: Pick<Clock, "monotonicMs">, rate: Rate): TokenBucket {
  let tokens = rate.burst;
  let filledAt = clock.monotonicMs();
  return {
    take(count) {
      const now = clock.monotonicMs();
      tokens = Math.min(rate.burst, tokens + ((now - filledAt) * rate.perSecond) / 1000);
      filledAt = now;
      if (count > tokens) return false;
      tokens -= count;
      return true;
    },
  };
}
