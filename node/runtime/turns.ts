import { performance } from "node:perf_hooks";

/** A job that takes longer than this makes the next one wait as long as it took. */
const SHORT_MS = 2;
const PAUSE_MS_MAX = 50;

/**
 * Lets clients' work onto the event loop one job a turn, and after a long one not before as much time has passed again: what
 * else runs here, above all consensus, has every second turn and half of the time, however many clients ask.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #running = false;

  /** Resolves when it is the caller's turn; what he does before his next await is the job. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#running) return;
      this.#running = true;
      setImmediate(() => this.#turn());
    });
  }

  #turn(): void {
    const begin = this.#waiting.shift();
    if (begin === undefined) {
      this.#running = false;
      return;
    }
    const startMs = performance.now();
    begin();
    setImmediate(() => {
      const tookMs = performance.now() - startMs;
      if (tookMs <= SHORT_MS) this.#turn();
      else setTimeout(() => this.#turn(), Math.min(tookMs, PAUSE_MS_MAX));
    });
  }
}
