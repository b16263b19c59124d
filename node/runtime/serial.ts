/** Runs jobs one at a time, in the order of the calls. A job that fails does not stop those behind it. */
export class Serial {
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = false;

  run<T>(job: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => job().then(resolve, reject));
      this.#go();
    });
  }

  /** Ahead of all that wait: for work that others wait for. */
  runNext<T>(job: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.unshift(() => job().then(resolve, reject));
      this.#go();
    });
  }

  #go(): void {
    if (this.#running) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#running = true;
    void job().finally(() => {
      this.#running = false;
      this.#go();
    });
  }
}
