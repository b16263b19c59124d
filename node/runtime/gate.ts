import { Fault } from "#proto/fault.js";

/** Too much waits already. The same question may be answered in a moment. */
export class BusyFault extends Fault<"busy"> {}

/** Limits the jobs that run at once and those that wait, in order; further jobs are refused immediately. */
export class Gate {
  readonly #what: string;
  readonly #runningMax: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param what what waits, for people: "queries" */
  constructor(what: string, bounds: { readonly running: number; readonly waiting: number }) {
    this.#what = what;
    this.#runningMax = bounds.running;
    this.#waitingMax = bounds.waiting;
  }

  /** @throws BusyFault */
  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#runningMax) {
      if (this.#waiting.length >= this.#waitingMax) {
        throw new BusyFault(
          "busy",
          `the node is busy: ${this.#waiting.length} ${this.#what} wait; try again in a moment`,
        );
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await job();
    } finally {
      const next = this.#waiting.shift(); // It takes this one's place.
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
