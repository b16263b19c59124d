import type { WebLimits } from "../runtime/web-server.js";

export interface ExplorerLimits extends WebLimits {
  /** A call of the page: a method and a key or a short message. */
  readonly callBytesMax: number;
  /** An answer of the node, which is held while it arrives: a genesis document, or a page of a hundred rows. */
  readonly answerBytesMax: number;
  /** Calls under way at once: a browser opens six connections to a host, and a recomputation uses all of them. */
  readonly callsMax: number;
  readonly answerMs: number;
}

export const explorerLimits: ExplorerLimits = {
  callBytesMax: 16 * 1024,
  answerBytesMax: 32 * 1024 * 1024,
  callsMax: 32,
  answerMs: 20_000,
  connectionsMax: 100,
  headerBytesMax: 8 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
};
