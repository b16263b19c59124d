import type { ScheduleTimeout, TimedStep, Timeouts } from "./types.js";

/** The longest delay that `setTimeout` accepts, in milliseconds; it fires at once for a longer one. */
export const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** L71: the initial value plus the round times the delta, in milliseconds; at most TIMEOUT_MS_MAX. */
export function timeoutMs(timeouts: Timeouts, step: TimedStep, round: number): number {
  const [first, delta] = {
    propose: [timeouts.proposeMs, timeouts.proposeDeltaMs] as const,
    prevote: [timeouts.prevoteMs, timeouts.prevoteDeltaMs] as const,
    precommit: [timeouts.precommitMs, timeouts.precommitDeltaMs] as const,
  }[step];
  const wanted = first + round * delta;
  return wanted < TIMEOUT_MS_MAX ? wanted : TIMEOUT_MS_MAX;
}

/** The effect that starts the timer of a step (L71). */
export function scheduleTimeout(
  timeouts: Timeouts,
  timeout: { height: bigint; round: number; step: TimedStep },
): ScheduleTimeout {
  return { kind: "schedule_timeout", timeout, afterMs: timeoutMs(timeouts, timeout.step, timeout.round) };
}
