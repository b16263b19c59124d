import type { End } from "./end.js";
import type { Ports } from "./ports.js";

/** A provider that sends nothing for so long is taken for gone. */
const QUIET_MS = 130_000;

/** Ends a request to a provider when its application or the program ends, or when the provider is silent. */
export class Watch {
  readonly #controller: AbortController;
  readonly #ended = new AbortController();
  readonly #ports: Ports;
  readonly #end: End;
  readonly #silence: Promise<void>;
  #heard: number;

  constructor(ports: Ports, end: End, app: AbortSignal) {
    this.#ports = ports;
    this.#end = end;
    this.#heard = ports.now();
    this.#controller = end.controller();
    if (app.aborted) this.#controller.abort();
    app.addEventListener("abort", () => this.#controller.abort(), { once: true, signal: this.#ended.signal });
    this.#silence = this.#wait();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The provider has sent something. */
  heard(): void {
    this.#heard = this.#ports.now();
  }

  /** The answer is there, or not wanted any more: its connection is closed if it still is open. */
  async end(): Promise<void> {
    this.#ended.abort();
    this.#controller.abort();
    this.#end.release(this.#controller);
    await this.#silence;
  }

  async #wait(): Promise<void> {
    for (let left = QUIET_MS; left > 0; left = this.#heard + QUIET_MS - this.#ports.now()) {
      await this.#ports.sleep(left, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
    }
    this.#controller.abort();
  }
}
