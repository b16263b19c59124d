import type { Bytes } from "../../bytes.js";

/** What is asked over HTTP. */
export interface HttpAsk {
  readonly method: "GET" | "POST" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Bytes;
  readonly signal: AbortSignal;
  /** A provider that redirects is not believed. */
  readonly redirect: "error";
}

/** The part of the platform's `fetch` that a consumer needs. Rejects only if no answer arrives. */
export interface Http {
  (url: string, ask: HttpAsk): Promise<Response>;
}

/** What a consumer is given: it has no clock, no randomness and no socket of its own. */
export interface Ports {
  /** The platform's fetch, or one that refuses what its owner does not allow. */
  readonly http: Http;
  /** Cryptographic randomness. */
  random(bytes: number): Bytes;
  /** Unix milliseconds. */
  now(): number;
  /** Resolves after the time, or at once when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}
