import { TIMED_STEPS, type ScheduleTimeout, type TimedStep, type Timeouts } from "./types.js";

/** The longest delay that `setTimeout` accepts, in milliseconds; it fires at once for a longer one. */
export const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** The timeouts of all steps. @param read the value of a step, in milliseconds; of its delta if `part` is "Delta" */
export function timeoutsOf(read: (step: TimedStep, part: "" | "Delta") => number): Timeouts {
  const rows = TIMED_STEPS.flatMap((step) =>
    (["", "Delta"] as const).map((part) => [`${step}${part}Ms`, read(step, part)] as const),
  );
  return Object.fromEntries(rows) as Timeouts;
}

/** L71: the initial value plus the round times the delta, in milliseconds; at most TIMEOUT_MS_MAX. */
export function timeoutMs(timeouts: Timeouts, step: TimedStep, round: number): number {
  const wanted = timeouts[`${step}Ms`] + round * timeouts[`${step}DeltaMs`];
  return wanted < TIMEOUT_MS_MAX ? wanted : TIMEOUT_MS_MAX;
}

/** The effect that starts the timer of a step (L71). */
export function scheduleTimeout(
  timeouts: Timeouts,
  timeout: { height: bigint; round: number; step: TimedStep },
): ScheduleTimeout {
  return { kind: "schedule_timeout", timeout, afterMs: timeoutMs(timeouts, timeout.step, timeout.round) };
}
