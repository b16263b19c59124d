import type { ScheduleTimeout, TimedStep, Timeouts } from "./types.js";

/** Longest wait that a platform timer keeps: a larger number would fire at once. */
export const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** L71: initX + round * deltaX, in milliseconds. */
export function timeoutMs(timeouts: Timeouts, step: TimedStep, round: number): number {
  const [first, delta] = {
    propose: [timeouts.proposeMs, timeouts.proposeDeltaMs] as const,
    prevote: [timeouts.prevoteMs, timeouts.prevoteDeltaMs] as const,
    precommit: [timeouts.precommitMs, timeouts.precommitDeltaMs] as const,
  }[step];
  const wanted = first + round * delta;
  return wanted < TIMEOUT_MS_MAX ? wanted : TIMEOUT_MS_MAX;
}

export function scheduleTimeout(
  timeouts: Timeouts,
  timeout: { height: bigint; round: number; step: TimedStep },
): ScheduleTimeout {
  return { kind: "schedule_timeout", timeout, afterMs: timeoutMs(timeouts, timeout.step, timeout.round) };
}
