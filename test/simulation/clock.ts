/** Time that moves only when told: the earliest timer fires, ties in the order in which they were set. */
export interface VirtualClock {
  now(): bigint;
  monotonicMs(): number;
  after(delayMs: number, fire: () => void): { cancel(): void };
  /** Fires the next timer and moves to its time. False when none is set. */
  advance(): boolean;
  /** Fires what is due until `untilMs` of virtual time, settling all promises between two timers. */
  run(untilMs: number, done?: () => boolean): Promise<boolean>;
  pending(): number;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

/** @param epochMs what now() says at virtual time 0 */
export function virtualClock(epochMs = 1_700_000_000_000n): VirtualClock {
  let nowMs = 0;
  let order = 0;
  const heap: Timer[] = []; // A binary heap by (at, order): a run has millions of timers.
  const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

  const push = (timer: Timer): void => {
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(heap[i]!, heap[parent]!)) break;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  };
  const pop = (): Timer | undefined => {
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    heap[0] = last;
    for (let i = 0; ;) {
      const left = 2 * i + 1;
      let least = i;
      if (left < heap.length && before(heap[left]!, heap[least]!)) least = left;
      if (left + 1 < heap.length && before(heap[left + 1]!, heap[least]!)) least = left + 1;
      if (least === i) return top;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  };
  const dropCancelled = (): Timer | undefined => {
    while (heap[0]?.cancelled === true) pop();
    return heap[0];
  };

  const clock: VirtualClock = {
    now: () => epochMs + BigInt(Math.floor(nowMs)),
    monotonicMs: () => nowMs,
    after(delayMs, fire) {
      const timer: Timer = { at: nowMs + Math.max(delayMs, 0), order: order++, fire, cancelled: false };
      push(timer);
      return { cancel: () => void (timer.cancelled = true) };
    },
    advance() {
      if (dropCancelled() === undefined) return false;
      const timer = pop()!;
      nowMs = timer.at;
      timer.fire();
      return true;
    },
    async run(untilMs, done = () => false) {
      for (;;) {
        await settled();
        if (done()) return true;
        const next = dropCancelled();
        if (next === undefined || next.at > untilMs) break;
        clock.advance();
      }
      nowMs = Math.max(nowMs, untilMs);
      return done();
    },
    pending: () => heap.filter((timer) => !timer.cancelled).length,
  };
  return clock;
}

/** All promises that are ready, and those that they make ready, have run when this resolves. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
