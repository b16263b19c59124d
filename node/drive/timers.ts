import type { Clock } from "./deps.js";

/** Timers of one height: all are cancelled when it is over. */
export class Timers {
  readonly #clock: Clock;
  readonly #running = new Set<{ cancel(): void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(delayMs: number, fire: () => void): void {
    const timer = this.#clock.after(delayMs, () => {
      this.#running.delete(timer);
      fire();
    });
    this.#running.add(timer);
  }

  clear(): void {
    for (const timer of this.#running) timer.cancel();
    this.#running.clear();
  }
}
