/** The OS clock behind the port that p2p, gossip, sync, drive and rpc each type for themselves. */
export interface Clock {
  /** Milliseconds since the Unix epoch, never below 0. May jump: for block time and logs. */
  now(): bigint;
  /** Never goes back: for durations. */
  monotonicMs(): number;
  after(delayMs: number, fire: () => void): { cancel(): void };
}

/** A longer delay would overflow the OS timer, which then fires at once. */
const DELAY_MS_MAX = 2 ** 31 - 1;

export function osClock(): Clock {
  return {
    now: () => BigInt(Math.max(0, Date.now())),
    monotonicMs: () => performance.now(),
    after(delayMs, fire) {
      const timer = setTimeout(fire, Math.min(Math.max(delayMs, 0), DELAY_MS_MAX));
      return { cancel: () => clearTimeout(timer) };
    },
  };
}
