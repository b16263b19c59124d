import type { Timing } from "./types.js";

/** L73, proposer-based timestamps: a message may take longer in later rounds, so that bad parameters cannot stop us. */

/** A day: beyond it a longer delay would only let in blocks from the past. */
const MESSAGE_DELAY_MS_MAX = 24n * 60n * 60n * 1000n;

/** A tenth longer each round, at least a millisecond. */
export function messageDelayMs(timing: Timing, round: number): bigint {
  let delay = timing.messageDelayMs;
  for (let r = 0; r < round && delay < MESSAGE_DELAY_MS_MAX; r++) delay += delay / 10n + 1n;
  return delay < MESSAGE_DELAY_MS_MAX ? delay : MESSAGE_DELAY_MS_MAX;
}

/**
 * Is a fresh block's time plausible, seen from when its proposal arrived?
 * time - precision <= received <= time + delay(round) + precision, all in milliseconds.
 */
export function isTimely(timing: Timing, round: number, timeMs: bigint, receivedTimeMs: bigint): boolean {
  const earliest = timeMs - timing.precisionMs;
  const latest = timeMs + messageDelayMs(timing, round) + timing.precisionMs;
  return earliest <= receivedTimeMs && receivedTimeMs <= latest;
}
