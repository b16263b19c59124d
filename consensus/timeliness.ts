import type { Timing } from "./types.js";

/** L73, proposer-based timestamps. The allowed delay grows each round, so that too small a parameter cannot halt the chain. */

/** One day. A longer delay would only admit blocks with old times. */
const MESSAGE_DELAY_MS_MAX = 24n * 60n * 60n * 1000n;

/** The message delay of a round in milliseconds: a tenth plus 1 ms longer each round, at most one day. */
export function messageDelayMs(timing: Timing, round: number): bigint {
  let delay = timing.messageDelayMs;
  for (let r = 0; r < round && delay < MESSAGE_DELAY_MS_MAX; r++) delay += delay / 10n + 1n;
  return delay < MESSAGE_DELAY_MS_MAX ? delay : MESSAGE_DELAY_MS_MAX;
}

/**
 * L73: whether the time of a fresh block is plausible for the time at which its proposal arrived: time - precision <=
 * received <= time + delay(round) + precision, all in milliseconds since the epoch.
 */
export function isTimely(timing: Timing, round: number, timeMs: bigint, receivedTimeMs: bigint): boolean {
  const earliest = timeMs - timing.precisionMs;
  const latest = timeMs + messageDelayMs(timing, round) + timing.precisionMs;
  return earliest <= receivedTimeMs && receivedTimeMs <= latest;
}
