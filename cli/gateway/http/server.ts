import type { IncomingMessage, ServerResponse } from "node:http";
import { ASKED_PATHS } from "#proto/exchange/openai/body.js";
import { problem } from "#proto/exchange/openai/problem.js";
import { listen, type ListenAddress } from "#node/runtime/listen.js";
import { refuseUpgrade, webServer, type WebServer } from "#node/runtime/web-server.js";
import { EXIT } from "../../exit.js";
import { CliFault } from "../../fault.js";
import { answerAsk, unknownModel, type AskDeps } from "./ask.js";
import { ClientGone } from "./read-body.js";
import { sendJson, sendProblem } from "./respond.js";
import { answerX402, type X402Deps } from "./x402.js";

export interface GatewayServerDeps extends AskDeps, X402Deps {
  /** Requests that are worked on at once; further ones are told to wait. */
  readonly parallelMax: number;
  /** Longest pause of the model's server. */
  readonly idleMs: number;
  /** When versions were published or read, Unix seconds. */
  readonly createdSeconds: number;
  readonly answered: (status: number, milliseconds: number) => void;
  /** An error of ours, which one request met. */
  readonly trouble: (error: unknown) => void;
}

const HEADER_BYTES_MAX = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 60_000;
const BASE = "http://gateway";
/** Connections for each request that is worked on: clients keep them open. */
const CONNECTIONS_FACTOR = 4;

/** The provider's HTTP server. */
export class GatewayServer {
  readonly #deps: GatewayServerDeps;
  readonly #web: WebServer;
  #asking = 0;

  constructor(deps: GatewayServerDeps) {
    this.#deps = deps;
    this.#web = webServer(
      {
        connectionsMax: CONNECTIONS_FACTOR * deps.parallelMax,
        headerBytesMax: HEADER_BYTES_MAX,
        headersTimeoutMs: HEADERS_TIMEOUT_MS,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        keepAliveTimeoutMs: KEEP_ALIVE_MS,
        idleTimeoutMs: deps.idleMs,
      },
      { onError: () => undefined, onDrop: () => undefined },
    );
    this.#web.server.on("upgrade", (_, socket) => refuseUpgrade(socket, "404 Not Found"));
    this.#web.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      void this.#answer(request, response);
    });
  }

  /** @returns the port @throws ListenFault */
  async listen(address: ListenAddress): Promise<number> {
    return await listen(this.#web.server, address);
  }

  close(): Promise<void> {
    return this.#web.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { connections } = this.#web;
    const started = performance.now();
    connections.begin(request.socket);
    response.once("close", () => {
      connections.end(request.socket);
      this.#deps.answered(response.statusCode, performance.now() - started);
    });
    try {
      await this.#route(request, response);
    } catch (error) {
      if (error instanceof ClientGone) return; // Nobody is left to be told.
      const unreachable = error instanceof CliFault && error.exit === EXIT.unreachable;
      if (!unreachable) this.#deps.trouble(error);
      if (response.headersSent) response.socket?.resetAndDestroy();
      else if (unreachable) sendProblem(response, problem(503, "chain_unreachable", error.message));
      else sendProblem(response, problem(500, "internal_error", "the gateway failed; its log says why"));
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = request.url ?? "/";
    if (!URL.canParse(text, BASE)) return sendProblem(response, problem(400, "wrong_url", "the request's URL is none"));
    const url = new URL(text, BASE);
    const { pathname } = url;
    if (pathname.startsWith("/x402/")) return await answerX402(this.#deps, request, response, url);
    if (ASKED_PATHS.has(pathname)) {
      if (request.method === "POST") return await this.#ask(pathname, request, response);
      return sendProblem(response, problem(405, "method_not_allowed", `${pathname} takes POST`));
    }
    if (request.method === "GET" && pathname === "/v1/models") return this.#listModels(response);
    if (request.method === "GET" && pathname.startsWith("/v1/models/")) {
      return this.#showModel(decodedName(pathname.slice("/v1/models/".length)), response);
    }
    sendProblem(response, problem(404, "not_found", `${pathname.slice(0, 64)} is not served`));
  }

  async #ask(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { parallelMax } = this.#deps;
    if (this.#asking >= parallelMax) {
      const why = `${parallelMax} requests are being answered: ask again`;
      return sendProblem(response, problem(429, "too_many_requests", why));
    }
    this.#asking++;
    response.once("close", () => this.#asking--);
    await answerAsk(this.#deps, pathname, request, response);
  }

  #modelJson(name: string) {
    const { createdSeconds, provider } = this.#deps;
    return { id: name, object: "model", created: createdSeconds, owned_by: provider.address };
  }

  #listModels(response: ServerResponse): void {
    const data = [...this.#deps.offers.keys()].map((name) => this.#modelJson(name));
    sendJson(response, 200, { object: "list", data });
  }

  #showModel(name: string, response: ServerResponse): void {
    if (!this.#deps.offers.has(name)) return sendProblem(response, unknownModel(name.slice(0, 64)));
    sendJson(response, 200, this.#modelJson(name));
  }
}

/** A name in a path; as it stands where its escapes are broken, which no model's is. */
function decodedName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A URIError.
  }
}
