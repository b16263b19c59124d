/**
 * Bounds of the RPC server, each with its reason, in one place. They are CometBFT's defaults where it has one. What a
 * client costs is bounded in number, in bytes and in time; where room runs out, who has waited longest on his own doing
 * makes room for a newcomer, so that idle clients cannot keep others out.
 */
export interface RpcLimits {
  /** A transaction is at most 128 kB, base64 a third more, ten in a batch would be more than anybody sends. */
  readonly bodyBytesMax: number;
  /** A client in debt (see below) may send no more than this at once: queries fit, and nothing is worth its parsing. */
  readonly smallBodyBytes: number;
  /** Bodies of all requests together, until they are answered: 32 of the largest. */
  readonly bodiesBytesMax: number;
  /** Browsers and proxies stay below 16 kB; Node refuses more with 431 before a handler sees it. */
  readonly headerBytesMax: number;
  /** A gateway's query has a handful of parameters. */
  readonly urlParametersMax: number;
  /** One caller holds the event loop for at most this many answers in a row. */
  readonly batchMax: number;
  /** Values in one body, counted before it is parsed: parsing costs 0.2 µs a byte where nothing but values stand. */
  readonly jsonValuesMax: number;
  /** Answers of one batch together; calls behind it are told to come alone. */
  readonly batchAnswerBytesMax: number;
  readonly connectionsMax: number;
  /** Requests being answered: all, and of one connection (pipelining). A WebSocket above it is not read until one ends. */
  readonly requestsMax: number;
  readonly requestsPerConnectionMax: number;
  /** Answers that wait for their readers, all together; answers shared by several readers are not counted. */
  readonly answerBytesMax: number;
  /** A reader has this long for any answer, and longer by its bytes at the least rate: a slow mobile line. */
  readonly answerMs: number;
  readonly answerBytesPerSecondMin: number;
  readonly socketsMax: number;
  readonly subscriptionsPerSocketMax: number;
  /** One message to a WebSocket: the largest transaction in base64 with room to spare. It is held while it arrives. */
  readonly socketMessageBytesMax: number;
  /** Unsent bytes after which a socket's reader is too slow and is dropped: about two blocks of the largest usual size. */
  readonly socketBacklogBytesMax: number;
  /** Events that wait to be told: a minute of blocks. Subscribers miss what comes then, and the log says so. */
  readonly eventsWaitingMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** A connection on which nothing moves is cut after this. */
  readonly idleTimeoutMs: number;
  readonly socketPingMs: number;
  /** Answers made of up to a hundred blocks: one at a time, or they would take all turns of the event loop together. */
  readonly pagesMax: number;
  readonly pagesWaitingMax: number;
  /** Callers that wait for their transaction's block: a tool's way, which holds a request for ten seconds. */
  readonly commitWaitersMax: number;
  /** Transactions that wait for their check, in number and bytes: seconds of work, and what is behind it comes too late. */
  readonly txsWaitingMax: number;
  readonly txBytesWaitingMax: number;
  /** Checks under way at once: one is judged while the next one travels. */
  readonly txChecksMax: number;
  /**
   * Refused work that one client, and all clients together, may cause a second, in units of 2 kB and one for each tx:
   * refused transactions cost their sender nothing on chain. The dearest (128 kB) has 65 units and takes up to 50 ms, so
   * that all together cause about one of them a second. Zero lifts the limit. A good transaction costs nothing.
   */
  readonly refusedUnitsPerSecond: number;
  readonly refusedUnitsPerSecondTotal: number;
  /** Seconds of that which may come at once: a wallet's burst, or a script that began with a wrong sequence. */
  readonly refusedBurstSeconds: number;
}

export const rpcLimits: RpcLimits = {
  bodyBytesMax: 1_000_000,
  smallBodyBytes: 4096,
  bodiesBytesMax: 32_000_000,
  headerBytesMax: 16 * 1024,
  urlParametersMax: 64,
  batchMax: 10,
  jsonValuesMax: 20_000,
  batchAnswerBytesMax: 16 * 1024 * 1024,
  connectionsMax: 900,
  requestsMax: 512,
  requestsPerConnectionMax: 16,
  answerBytesMax: 64 * 1024 * 1024,
  answerMs: 10_000,
  answerBytesPerSecondMin: 64 * 1024,
  socketsMax: 100,
  subscriptionsPerSocketMax: 5,
  socketMessageBytesMax: 256 * 1024,
  socketBacklogBytesMax: 16 * 1024 * 1024,
  eventsWaitingMax: 64,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  socketPingMs: 27_000,
  pagesMax: 1,
  pagesWaitingMax: 32,
  commitWaitersMax: 32,
  txsWaitingMax: 4_096,
  txBytesWaitingMax: 16 * 1024 * 1024,
  txChecksMax: 4,
  refusedUnitsPerSecond: 20,
  refusedUnitsPerSecondTotal: 60,
  refusedBurstSeconds: 10,
};
