import { reject, type Rejection } from "../../rejection.js";
import { consumerErrors } from "./errors.js";

/** Requests that wait for room: more are refused at once. */
export const WAITING_MAX = 256;

/** How much further requests may cost now. */
export interface Left {
  /** Of credit and deposit, in base units, below zero if both are exceeded. */
  readonly amount: bigint;
  /** Whether something under way can end and so make room. */
  readonly mayGrow: boolean;
}

interface Waiting {
  readonly need: bigint;
  readonly resolve: (refused: Rejection | undefined) => void;
}

/**
 * Requests wait here, first come first served, until credit and deposit leave room for the most that they can cost. A place
 * is given before its ceiling is in the record, and counted from then on.
 */
export class Room {
  readonly #left: () => Left | Rejection;
  readonly #waiting: Waiting[] = [];
  #given = 0n;

  constructor(left: () => Left | Rejection) {
    this.#left = left;
  }

  /** Resolves once there is room for `need`. Rejects with what `left` rejects, consumer/noRoom or noDeposit. */
  take(need: bigint, signal: AbortSignal): Promise<Rejection | undefined> {
    if (this.#waiting.length >= WAITING_MAX) {
      return Promise.resolve(reject(consumerErrors.noRoom, { waiting: this.#waiting.length, max: WAITING_MAX }));
    }
    return new Promise((resolve) => {
      const waiting: Waiting = { need, resolve };
      const gone = (): void => {
        const at = this.#waiting.indexOf(waiting);
        if (at < 0) return;
        this.#waiting.splice(at, 1);
        resolve(reject(consumerErrors.broken, { why: "the application ended the request" }));
        this.wake();
      };
      this.#waiting.push(waiting);
      signal.addEventListener("abort", gone, { once: true });
      this.wake();
      if (signal.aborted) gone();
    });
  }

  /** The place is used, or given up. */
  leave(need: bigint): void {
    this.#given -= need;
    this.wake();
  }

  /** Something has ended. Work: the requests that it lets go on. */
  wake(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const answer = this.#answerTo(first.need);
      if (answer === "waits") return;
      this.#waiting.shift();
      if (answer === undefined) this.#given += first.need;
      first.resolve(answer);
    }
  }

  #answerTo(need: bigint): Rejection | "waits" | undefined {
    const left = this.#left();
    if (!("amount" in left)) return left;
    if (need <= left.amount - this.#given) return undefined;
    if (left.mayGrow || this.#given > 0n) return "waits";
    return reject(consumerErrors.noDeposit, { left: left.amount, need });
  }
}
