/** Runs jobs one at a time, in the order of the calls. A job that fails does not stop those behind it. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(job: () => Promise<T>): Promise<T> {
    const next = this.#last.then(job, job);
    this.#last = next.catch(() => undefined); // The caller of `run` sees the failure; the queue only waits.
    return next;
  }
}
