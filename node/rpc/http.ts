import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "../runtime/listen.js";
import type { RpcDeps } from "./deps.js";
import { dispatcher, type Dispatcher } from "./dispatch.js";
import { eventHub } from "./events/hub.js";
import { handlersOf } from "./handlers/table.js";
import { allowOrigin, json, plain, readBody, send, type Reply } from "./http-reply.js";
import { indexPage } from "./index-page.js";
import { rpcLimits, type RpcLimits } from "./limits.js";
import { restApi, type RestApi } from "./rest/api.js";
import { withRecentBlocks } from "./services/recent-blocks.js";
import { queryService } from "./services/queries.js";
import { uriCall } from "./uri.js";
import { serveSockets } from "./websocket.js";

export interface RpcOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** "*" for any page. Empty: no page of another origin may read. */
  readonly corsOrigins: readonly string[];
  readonly limits?: Partial<RpcLimits>;
}

export interface RpcServer {
  readonly host: string;
  readonly port: number;
  /** Ends open connections and waits until the port is free. */
  close(): Promise<void>;
}

/** Starts JSON-RPC, its WebSocket and REST on one port. @throws ListenFault */
export async function startRpc(ports: RpcDeps, options: RpcOptions): Promise<RpcServer> {
  const deps = { ...ports, chain: withRecentBlocks(ports.chain) };
  const limits = { ...rpcLimits, ...options.limits };
  const queries = queryService(deps);
  const dispatch = dispatcher(deps, handlersOf(deps, queries), limits.batchMax);
  const rest = restApi(deps, queries);
  const hub = eventHub(deps);
  const server = createServer({ maxHeaderSize: limits.headerBytesMax, noDelay: true });
  server.maxConnections = limits.connectionsMax;
  server.headersTimeout = limits.headersTimeoutMs;
  server.requestTimeout = limits.requestTimeoutMs;
  server.keepAliveTimeout = limits.keepAliveTimeoutMs;
  server.timeout = limits.idleTimeoutMs;
  const sockets = serveSockets(server, { deps, dispatch, hub, limits });
  server.on(
    "request",
    requestListener({ dispatch, rest, deps, limits, page: indexPage(deps.node.chainId, rest.paths), options }),
  );
  const port = await listen(server, options);
  return {
    host: options.host,
    port,
    async close() {
      hub.close();
      sockets.close();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      });
    },
  };
}

interface Listener {
  readonly dispatch: Dispatcher;
  readonly rest: RestApi;
  readonly deps: RpcDeps;
  readonly limits: RpcLimits;
  readonly page: string;
  readonly options: RpcOptions;
}

function requestListener(listener: Listener): (request: IncomingMessage, response: ServerResponse) => void {
  const { limits, deps, options } = listener;
  const perConnection = new WeakMap<object, number>();
  let running = 0;
  return (request, response) => {
    const { socket } = request;
    const here = perConnection.get(socket) ?? 0;
    allowOrigin(request, response, options.corsOrigins);
    if (running >= limits.requestsMax || here >= limits.requestsPerConnectionMax) {
      send(response, plain("too many requests are being answered: try again\n", 503), true);
      return;
    }
    running++;
    perConnection.set(socket, here + 1);
    const done = (): void => {
      running--;
      perConnection.set(socket, (perConnection.get(socket) ?? 1) - 1);
    };
    respond(listener, request, response).then(done, (error: unknown) => {
      done();
      // The caller went away while its body was read; nothing of ours failed.
      deps.log.debug("request ended early", { error: String(error) });
      response.destroy();
    });
  };
}

/** Only the path and the query of a request are read; its Host is never repeated. */
const BASE = "http://node.invalid";

async function respond(listener: Listener, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? "/";
  if (!URL.canParse(target, BASE)) return send(response, plain("the address is malformed\n", 400), true);
  const url = new URL(target, BASE);
  if (request.method === "OPTIONS") return send(response, plain("", 204));
  let body = "";
  if (request.method === "POST") {
    const read = await readBody(request, listener.limits.bodyBytesMax);
    if ("refused" in read) return send(response, read.refused, true);
    body = read.text;
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    return send(response, plain("methods: GET, HEAD, POST, OPTIONS\n", 405), true);
  }
  send(response, await route(listener, request, url, body));
}

async function route(
  { dispatch, rest, page }: Listener,
  request: IncomingMessage,
  url: URL,
  body: string,
): Promise<Reply> {
  if (rest.serves(url.pathname)) {
    const height = request.headers["x-cosmos-block-height"];
    return rest.handle({ method: request.method === "POST" ? "POST" : "GET", url, body, height: height?.toString() });
  }
  if (request.method === "POST") {
    if (url.pathname !== "/" && url.pathname !== "/v1") return plain("JSON-RPC is at /\n", 404);
    return json(await dispatch.body(body));
  }
  if (url.pathname === "/") return { status: 200, type: "text/html; charset=utf-8", body: page };
  return uriCall(dispatch, url);
}
