/** Errors that the library throws uncaught when it writes to or reads from a stream that has ended meanwhile. */
const NAMES: ReadonlySet<string> = new Set([
  "AbortError",
  "ConnectionClosedError",
  "InvalidFrameError",
  "MuxerClosedError",
  "StreamAbortEvent",
  "StreamBufferError",
  "StreamClosedError",
  "StreamResetError",
  "StreamStateError",
  "UnexpectedEOFError",
]);
const LIBRARY = /node_modules[\\/](@libp2p|libp2p|@multiformats|it-[a-z-]+|main-event|p-event|race-signal)[\\/]/;

/**
 * Whether an uncaught error is the end of one connection to a peer and nothing else: of a kind that the
 * networking library throws about ended streams, and from its own code. Its connection is over or about to be: the
 * library's own timers and pings end what is left of it. For the last handler of a process, which logs and counts it
 * instead of stopping the node; everything else is a bug and stops it.
 */
export function isPeerTrouble(error: unknown): boolean {
  if (!(error instanceof Error) || !NAMES.has(error.name)) return false;
  const origin = (error.stack ?? "").split("\n").find((line) => /^\s+at /.test(line) && !line.includes("node:"));
  return origin !== undefined && LIBRARY.test(origin);
}
