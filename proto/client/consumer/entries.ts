import { equalBytes, type Bytes } from "../../bytes.js";
import { BoundedMap } from "../../bounded.js";
import type { HttpRequest } from "../../exchange/http-request.js";
import type { AskedCeiling } from "../../exchange/provider.js";
import type { Sealed } from "../../exchange/sealed.js";
import { UNDELIVERED_MAX } from "./book.js";

/** A ceiling whose answer its application does not have yet. */
export interface Entry {
  /** Hex. */
  readonly id: string;
  readonly asked: AskedCeiling;
  readonly idempotencyKey: string;
  /** An application waits for this answer. */
  attached: boolean;
  /** The text that came so far. */
  text: string;
  /** The answer as it goes on to the application, once it is whole. */
  wire: Bytes;
  /** The answer that is in the book. */
  sealed: Sealed | undefined;
  /** Its fate is being asked. */
  asking: boolean;
}

/** What an application sends of a request that may be a retry. */
export interface RetrySigns {
  /** Of the header X-Stainless-Retry-Count; 0 without it. */
  readonly retryCount: number;
  /** Of the header Idempotency-Key; "" without it. */
  readonly idempotencyKey: string;
}

const NO_WIRE: Bytes = new Uint8Array(0);

/**
 * Ceilings whose answers were not delivered, by id. Open ones are bounded by the provider's credit; of those with an answer the
 * newest are kept.
 */
export class Entries {
  readonly #open = new Map<string, Entry>();
  readonly #answered = new BoundedMap<string, Entry>(UNDELIVERED_MAX);

  add(id: string, asked: AskedCeiling, idempotencyKey: string): Entry {
    const entry: Entry = {
      id,
      asked,
      idempotencyKey,
      attached: false,
      text: "",
      wire: NO_WIRE,
      sealed: undefined,
      asking: false,
    };
    this.#open.set(id, entry);
    return entry;
  }

  /** The entry has its answer. */
  answered(entry: Entry, sealed: Sealed, wire = entry.wire): void {
    entry.sealed = sealed;
    entry.wire = wire;
    if (this.#open.delete(entry.id)) this.#answered.set(entry.id, entry);
  }

  /** The ceiling is void, refused or delivered. */
  remove({ id }: Entry): void {
    this.#open.delete(id);
    this.#answered.delete(id);
  }

  /** Ceilings without an end. */
  get open(): Iterable<Entry> {
    return this.#open.values();
  }

  /**
   * The entry that a request is a retry of: the same request, and either the same Idempotency-Key or a count of retries. One
   * whose application still waits is found only by its key. Work: one comparison an entry.
   */
  find(request: HttpRequest, { retryCount, idempotencyKey }: RetrySigns): Entry | undefined {
    if (retryCount === 0 && idempotencyKey === "") return undefined;
    const isSame = ({ asked, idempotencyKey: key, attached }: Entry): boolean =>
      isSameRequest(asked.request, request) && key === idempotencyKey && !(attached && idempotencyKey === "");
    return [...this.#answered.values(), ...this.#open.values()].find(isSame);
  }
}

function isSameRequest(a: HttpRequest | undefined, b: HttpRequest): boolean {
  const bodyOf = (request: HttpRequest | undefined): Bytes => request?.bodyHash ?? new Uint8Array(0);
  return a?.path === b.path && equalBytes(bodyOf(a), bodyOf(b));
}
