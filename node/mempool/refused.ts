import { BoundedMap } from "#proto/bounded.js";
import { rejectionText, type Rejection } from "#proto/rejection.js";

/** Bytes of a transaction may be quoted in a refusal; what is kept of it is for people. */
const TEXT_MAX = 300;

/**
 * Refusals that no later state heals. A transaction that is sent again is answered from here, so that no work is done
 * twice. At most `max` of them, each a short text; the one that was asked for longest ago goes first.
 */
export class Refused {
  readonly #why: BoundedMap<string, Rejection>;

  constructor(max: number) {
    this.#why = new BoundedMap(max);
  }

  get size(): number {
    return this.#why.size;
  }

  get(key: string): Rejection | undefined {
    const why = this.#why.get(key);
    if (why !== undefined) this.#why.set(key, why);
    return why;
  }

  /** Remembers it if it is for good. */
  add(key: string, why: Rejection): void {
    if (why.lasting !== true) return;
    const { log } = why.data;
    const text = typeof log === "string" ? log : rejectionText(why);
    this.#why.set(key, { ...why, data: { log: text.slice(0, TEXT_MAX) } });
  }
}
