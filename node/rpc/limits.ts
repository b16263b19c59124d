/** Bounds of the RPC server, each with its reason. They are CometBFT's defaults where it has one. */
export interface RpcLimits {
  /** A transaction is at most 128 kB, base64 a third more, ten in a batch. */
  readonly bodyBytesMax: number;
  /** Browsers and proxies stay below 16 kB; Node refuses more with 431 before a handler sees it. */
  readonly headerBytesMax: number;
  /** One caller holds the event loop for at most this many answers in a row. */
  readonly batchMax: number;
  readonly connectionsMax: number;
  /** Requests being answered: all, and of one connection (pipelining). A WebSocket above it is not read until one ends. */
  readonly requestsMax: number;
  readonly requestsPerConnectionMax: number;
  readonly socketsMax: number;
  readonly subscriptionsPerSocketMax: number;
  /** Unsent bytes after which a socket's reader is too slow and is dropped: about two blocks of the largest usual size. */
  readonly socketBacklogBytesMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** A response that nobody reads is cut after this. */
  readonly idleTimeoutMs: number;
  readonly socketPingMs: number;
}

export const rpcLimits: RpcLimits = {
  bodyBytesMax: 1_000_000,
  headerBytesMax: 16 * 1024,
  batchMax: 10,
  connectionsMax: 900,
  requestsMax: 256,
  requestsPerConnectionMax: 16,
  socketsMax: 100,
  subscriptionsPerSocketMax: 5,
  socketBacklogBytesMax: 16 * 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  socketPingMs: 27_000,
};
