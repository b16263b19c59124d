import { createServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { Connections } from "./connections.js";

/** Limits of an HTTP server of this node for its clients. */
export interface WebLimits {
  readonly connectionsMax: number;
  readonly headerBytesMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

export interface WebServer {
  readonly server: Server;
  readonly connections: Connections;
  /** Ends open connections and waits until the port is free. */
  close(): Promise<void>;
}

/** How often requests that take too long are looked for: with Node's 30 s a deadline of ten seconds would mean forty. */
const DEADLINE_CHECK_MS = 1_000;

/**
 * An HTTP server for strangers: nothing that happens on its sockets, or when one cannot be accepted, goes without a
 * listener, and the number of connections is bounded by dropping who keeps it waiting.
 */
export function webServer(
  limits: WebLimits,
  told: { onError(error: Error): void; onDrop(why: "made room" | "refused"): void },
): WebServer {
  const server = createServer({
    maxHeaderSize: limits.headerBytesMax,
    noDelay: true,
    connectionsCheckingInterval: DEADLINE_CHECK_MS,
  });
  server.headersTimeout = limits.headersTimeoutMs;
  server.requestTimeout = limits.requestTimeoutMs;
  server.keepAliveTimeout = limits.keepAliveTimeoutMs;
  server.timeout = limits.idleTimeoutMs;
  server.on("error", told.onError); // It may be unable to accept for a moment, as when no file handles are left.
  const connections = new Connections(limits.connectionsMax, told.onDrop);
  connections.watch(server, told.onError);
  return {
    server,
    connections,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** Answers a request that left HTTP and ends its socket, whether or not the client reads or closes. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}
