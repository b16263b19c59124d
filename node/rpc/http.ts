import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { Gate } from "../runtime/gate.js";
import { listen } from "../runtime/listen.js";
import { Turns } from "../runtime/turns.js";
import { webServer, type WebServer } from "../runtime/web-server.js";
import { Bodies } from "./bodies.js";
import type { RpcDeps, WebPages } from "./deps.js";
import { dispatcher, type Dispatcher } from "./dispatch.js";
import { clientOf, TxDoor, type Caller } from "./door.js";
import { eventHub } from "./events/hub.js";
import { expected } from "./fault.js";
import { handlersOf } from "./handlers/table.js";
import { allowOrigin, json, plain, replyBytes, send, type Reply } from "./http-reply.js";
import { indexPage } from "./index-page.js";
import { rpcLimits, type RpcLimits } from "./limits.js";
import { restApi, type RestApi } from "./rest/api.js";
import { grpcError } from "./rest/reply.js";
import { withRecentBlocks } from "./services/recent-blocks.js";
import { queryService } from "./services/queries.js";
import { submission } from "./services/submission.js";
import { SharedBytes } from "./shared-text.js";
import { probe } from "./probes.js";
import { Unsent } from "./unsent.js";
import { uriCall } from "./uri.js";
import { serveSockets } from "./websocket.js";

export interface RpcOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The setting that names the address. */
  readonly setting?: string;
  /** "*" for any page. Empty: no page of another origin may read. */
  readonly corsOrigins: readonly string[];
  readonly limits?: Partial<RpcLimits>;
  /** Where transactions come in; one for all servers of a node. */
  readonly door?: TxDoor;
  /** The explorer, at `/`; without it `/` lists the methods. */
  readonly pages?: WebPages;
}

export interface RpcServer {
  readonly host: string;
  readonly port: number;
  /** Ends open connections and waits until the port is free. */
  close(): Promise<void>;
}

/** How often readers who take too long are looked for. */
const LATE_CHECK_MS = 1_000;

/** Starts JSON-RPC, its WebSocket and REST on one port. @throws ListenFault */
export async function startRpc(ports: RpcDeps, options: RpcOptions): Promise<RpcServer> {
  const deps = { ...ports, chain: withRecentBlocks(ports.chain) };
  const { log, metrics } = deps;
  const limits = { ...rpcLimits, ...options.limits };
  const pages = new Gate("answers of many blocks", { running: limits.pagesMax, waiting: limits.pagesWaitingMax });
  const queries = queryService(deps, pages);
  const door = options.door ?? new TxDoor(limits);
  const submitted = submission(deps, door);
  const dispatch = dispatcher(deps, handlersOf(deps, { queries, submission: submitted, limits, pages }), limits);
  const rest = restApi(deps, { queries, submission: submitted, limits });
  const hub = eventHub(deps, limits.eventsWaitingMax);
  const web = webServer(limits, {
    onError: (error) => log.debug("connection failed", { error: error.message }),
    onDrop: (why) => metrics.dropped(why === "refused" ? "connection_refused" : "connection_made_room"),
  });
  const unsent = new Unsent<ServerResponse>(limits.answerBytesMax, (response) => {
    metrics.dropped("answer_unread");
    response.destroy();
  });
  const late = setInterval(() => {
    unsent.dropLate(performance.now(), (bytes) => limits.answerMs + (1000 * bytes) / limits.answerBytesPerSecondMin);
  }, LATE_CHECK_MS);
  late.unref();
  const turns = new Turns();
  const sockets = serveSockets(web, { deps, dispatch, hub, limits, turns });
  const page = indexPage(deps.node.chainId, rest.paths);
  const bodies = new Bodies(limits.bodyBytesMax, limits.bodiesBytesMax);
  web.server.on(
    "request",
    requestListener({ dispatch, rest, deps, limits, page, options, web, bodies, unsent, door, turns }),
  );
  const port = await listen(web.server, options);
  return {
    host: options.host,
    port,
    async close() {
      clearInterval(late);
      hub.close();
      sockets.close();
      await web.close();
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
  readonly web: WebServer;
  readonly bodies: Bodies;
  readonly unsent: Unsent<ServerResponse>;
  readonly door: TxDoor;
  readonly turns: Turns;
}

const TOO_MANY = plain("too many requests are being answered: try again\n", 503);

function requestListener(listener: Listener): (request: IncomingMessage, response: ServerResponse) => void {
  const { limits, deps, options, web, unsent, turns } = listener;
  const { connections } = web;
  let running = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    const asked = await wholeRequest(listener, request);
    try {
      if ("refused" in asked) return send(response, asked.refused, true);
      if (running >= limits.requestsMax || connections.working(socket) >= limits.requestsPerConnectionMax) {
        return send(response, TOO_MANY, true);
      }
      running++;
      connections.begin(socket);
      try {
        await turns.next();
        write(response, await answered(listener, asked));
      } finally {
        running--;
        connections.end(socket);
      }
    } finally {
      asked.release();
    }
  }

  function write(response: ServerResponse, reply: Reply): void {
    if (response.destroyed) return;
    unsent.add(response, replyBytes(reply), performance.now());
    response.once("close", () => unsent.forget(response));
    send(response, reply);
  }

  return (request, response) => {
    allowOrigin(request, response, options.corsOrigins);
    const probed = probe(request.method, request.url, deps);
    if (probed !== undefined) return write(response, probed);
    serve(request, response).catch((error: unknown) => {
      // The caller went away while its body was read; nothing of ours failed.
      deps.log.debug("request ended early", { error: String(error) });
      response.destroy();
    });
  };
}

/** The list of methods, on every port; at `/` too where no explorer is served, as clients of CometBFT expect. */
const METHODS_PATH = "/methods";

/** Only the path and the query of a request are read; its Host is never repeated. */
const BASE = "http://node.invalid";

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly height: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly caller: Caller;
  release(): void;
}

function isLarge({ headers }: IncomingMessage, { smallBodyBytes }: RpcLimits): boolean {
  return "transfer-encoding" in headers || Number(headers["content-length"] ?? 0) > smallBodyBytes;
}

/** The request with its body, or why it is refused. An unfinished request takes no place. */
async function wholeRequest(
  { bodies, door, limits }: Listener,
  request: IncomingMessage,
): Promise<Asked | { readonly refused: Reply; release(): void }> {
  const release = (): void => undefined;
  const target = request.url ?? "/";
  if (!URL.canParse(target, BASE)) return { refused: plain("the address is malformed\n", 400), release };
  const url = new URL(target, BASE);
  const method = request.method ?? "";
  const height = request.headers["x-cosmos-block-height"]?.toString();
  const acceptEncoding = request.headers["accept-encoding"]?.toString();
  const caller = { client: clientOf(request.socket.remoteAddress) };
  if (method === "POST") {
    // Its next transaction would be refused anyway; what cannot be one is read.
    const refused = isLarge(request, limits) ? door.overRate(caller.client) : undefined;
    if (refused !== undefined) return { refused: plain(`${refused.log}\n`, 429), release };
    const body = await bodies.read(request);
    if ("refused" in body.read) return { refused: body.read.refused, release: body.release };
    return { method, url, body: body.read.text, height, acceptEncoding, caller, release: body.release };
  }
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") {
    return { method, url, body: "", height, acceptEncoding, caller, release };
  }
  return { refused: plain("methods: GET, HEAD, POST, OPTIONS\n", 405), release };
}

async function answered(listener: Listener, asked: Asked): Promise<Reply> {
  const { dispatch, rest, page, deps, options } = listener;
  const { method, url, body, height, acceptEncoding, caller } = asked;
  if (method === "OPTIONS") return plain("", 204);
  if (rest.serves(url.pathname)) {
    try {
      return await rest.handle({ method: method === "POST" ? "POST" : "GET", url, body, height, caller });
    } catch (error) {
      const fault = expected(error);
      if (fault !== undefined) return grpcError(fault.status === 503 ? "Unavailable" : "Unknown", fault.message);
      deps.log.error("REST failed", { error: error instanceof Error ? error.stack : String(error) });
      return grpcError("Internal", "the node failed to answer; its log says why");
    }
  }
  if (method === "POST") {
    if (url.pathname !== "/" && url.pathname !== "/v1") return plain("JSON-RPC is at /\n", 404);
    return json(await dispatch.body(body, caller));
  }
  const found = options.pages?.find(url.pathname, acceptEncoding);
  if (found !== undefined) return { ...found, body: [new SharedBytes(found.bytes)] };
  if (url.pathname === "/" || url.pathname === METHODS_PATH) {
    return { status: 200, type: "text/html; charset=utf-8", body: [page] };
  }
  return uriCall(dispatch, url, caller);
}
