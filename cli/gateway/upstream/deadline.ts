import { UpstreamFault, upstreamFault } from "./fault.js";

/** The two waits of a call: for its first byte, and for each that follows. Ends the call when one is over. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #betweenMs: number;
  #hasBegun = false;
  #isLate = false;
  #timer: NodeJS.Timeout;

  /** @param cancelled ends the call from outside */
  constructor(firstMs: number, betweenMs: number, cancelled: AbortSignal) {
    this.#betweenMs = betweenMs;
    this.signal = AbortSignal.any([this.#controller.signal, cancelled]);
    this.#timer = this.#start(firstMs);
  }

  #start(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#isLate = true;
      this.#controller.abort();
    }, milliseconds);
  }

  /** Bytes came. */
  moved(): void {
    this.#hasBegun = true;
    clearTimeout(this.#timer);
    this.#timer = this.#start(this.#betweenMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  /** The failure that an error of the call is. */
  reason(error: unknown, otherwise: "upstream_ended" | "upstream_unreachable"): unknown {
    if (error instanceof UpstreamFault) return error;
    if (this.#isLate) return upstreamFault(this.#hasBegun ? "upstream_stalled" : "upstream_slow", "", error);
    return upstreamFault(otherwise, causeOf(error), error);
  }
}

/** The system's code, such as ECONNREFUSED: fetch hides it in the cause. */
function causeOf(error: unknown): string {
  const { cause } = (error ?? {}) as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === "string" ? cause.code : "";
}
