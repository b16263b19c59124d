import type { Ports } from "./ports.js";

/** The end of a program: what waits then ends at once. */
export class End {
  readonly #ports: Ports;
  readonly #open = new Set<AbortController>();
  #isOver = false;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** A controller that the end aborts; `release` it when what it was for has ended. */
  controller(): AbortController {
    const controller = new AbortController();
    if (this.#isOver) controller.abort();
    else this.#open.add(controller);
    return controller;
  }

  release(controller: AbortController): void {
    this.#open.delete(controller);
  }

  async sleep(milliseconds: number): Promise<void> {
    const controller = this.controller();
    await this.#ports.sleep(milliseconds, controller.signal);
    this.release(controller);
  }

  end(): void {
    this.#isOver = true;
    for (const controller of this.#open) controller.abort();
    this.#open.clear();
  }
}
