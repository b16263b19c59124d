import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "../runtime/listen.js";
import { refuseUpgrade, webServer } from "../runtime/web-server.js";
import type { Log } from "./log.js";
import type { Metrics } from "./metrics.js";

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A scrape takes milliseconds; who sends or reads slowly is cut. Few connections are needed, and a new one finds room. */
const LIMITS = {
  connectionsMax: 16,
  headerBytesMax: 8 * 1024,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 5_000,
  keepAliveTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
};

/** Serves GET /metrics on the instrumentation port. @throws ListenFault */
export async function serveMetrics(
  metrics: Metrics,
  address: { host: string; port: number },
  log: Pick<Log, "debug" | "error">,
): Promise<MetricsServer> {
  const web = webServer(LIMITS, {
    onError: (error) => log.debug("connection failed", { error: error.message }),
    onDrop: (why) => log.debug("connection dropped", { why }),
  });
  web.server.on("upgrade", (_, socket) => refuseUpgrade(socket, "404 Not Found"));
  web.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== "GET" || request.url?.split("?")[0] !== "/metrics") {
      response.writeHead(404, { "content-type": "text/plain" }).end("GET /metrics\n");
      return;
    }
    metrics.page().then(
      ({ type, text }) => response.writeHead(200, { "content-type": type }).end(text),
      (error: unknown) => {
        log.error("metrics cannot be written", { error: error instanceof Error ? error.stack : String(error) });
        response.destroy();
      },
    );
  });
  const port = await listen(web.server, address);
  return { port, close: () => web.close() };
}
