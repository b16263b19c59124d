/** Runs jobs one at a time, in the order of the calls. A job that fails does not stop those behind it. */
export class Serial {
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = false;

  run<T>(job: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(settling(job, resolve, reject));
      this.#go();
    });
  }

  /** Ahead of all that wait: for work that others wait for. */
  runNext<T>(job: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.unshift(settling(job, resolve, reject));
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

/** Never throws: whatever becomes of the job goes to its caller, also what it throws before its first promise. */
function settling<T>(
  job: () => Promise<T>,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): () => Promise<void> {
  return async () => {
    try {
      resolve(await job());
    } catch (error) {
      reject(error);
    }
  };
}
