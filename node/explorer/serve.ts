import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, type ListenAddress } from "../runtime/listen.js";
import { refuseUpgrade, webServer } from "../runtime/web-server.js";
import { explorerLimits, type ExplorerLimits } from "./limits.js";
import { explorerPages, type Pages } from "./pages.js";
import { passedOn, refusedCaller, refusedText, type Refused } from "./proxy.js";

export interface ExplorerOptions extends ListenAddress {
  /** JSON-RPC of the node that is read, and what authenticates there. */
  readonly node: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  readonly fetch: typeof globalThis.fetch;
  readonly limits?: Partial<ExplorerLimits>;
  readonly pages?: Pages;
}

export interface ExplorerServer {
  readonly port: number;
  /** Ends open connections and waits until the port is free. */
  close(): Promise<void>;
}

/** Serves the page, and passes its calls on to one node. @throws ListenFault, ExplorerFault */
export async function startExplorer(options: ExplorerOptions): Promise<ExplorerServer> {
  const limits = { ...explorerLimits, ...options.limits };
  const pages = options.pages ?? explorerPages();
  const ignored = (): void => undefined; // A browser that goes away is nothing to tell a person.
  const web = webServer(limits, { onError: ignored, onDrop: ignored });
  const ended = new AbortController();
  let calls = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusedCaller(request.headers, options);
    if (refused !== undefined) return refuse(response, refused);
    const path = (request.url ?? "/").split("?", 1)[0]!;
    if (request.method === "GET" || request.method === "HEAD") return page(request, response, path);
    if (request.method !== "POST" || path !== "/") {
      return refuse(response, { status: 405, why: "GET a page, or POST a call to /" });
    }
    if (calls >= limits.callsMax) return refuse(response, { status: 503, why: "too many calls at once: try again" });
    calls++;
    web.connections.begin(request.socket);
    try {
      await pass(request, response);
    } finally {
      calls--;
      web.connections.end(request.socket);
    }
  }

  function page(request: IncomingMessage, response: ServerResponse, path: string): void {
    const found = pages.find(path, request.headers["accept-encoding"]);
    if (found === undefined && path === "/methods") {
      return write(response, 302, "text/plain", NOTHING, methodsOf(options.node.url));
    }
    if (found === undefined) return refuse(response, { status: 404, why: "no such page" });
    write(response, found.status, found.type, found.bytes, found.headers);
  }

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bounded(request, limits.callBytesMax);
    if (body === undefined) {
      const why = `a call has at most ${limits.callBytesMax} bytes`;
      return refuse(response, { status: 413, why }, true);
    }
    const call = passedOn(body.toString("utf8"));
    if (typeof call !== "string") return refuse(response, call);
    const answer = await asked(call);
    if ("why" in answer) return refuse(response, answer);
    write(response, 200, "application/json", answer.bytes);
  }

  /** The node's answer. Its status is not repeated: the page reads the JSON alone. */
  async function asked(call: string): Promise<{ readonly bytes: Uint8Array } | Refused> {
    const { url, headers } = options.node;
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(limits.answerMs)]);
    try {
      const answer = await options.fetch(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: call,
        signal,
        redirect: "error",
      });
      const bytes = answer.body === null ? Buffer.alloc(0) : await bounded(answer.body, limits.answerBytesMax);
      return bytes === undefined
        ? { status: 502, why: `the node's answer has more than ${limits.answerBytesMax} bytes` }
        : { bytes };
    } catch (error) {
      return { status: 502, why: `no node answers at ${url}: ${reasonOf(error)}` };
    }
  }

  web.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    // Only a browser that goes away while its call is read ends here.
    serve(request, response).catch(() => response.destroy());
  });
  web.server.on("upgrade", (_request, socket) => refuseUpgrade(socket, "404 Not Found"));
  const port = await listen(web.server, options);
  return {
    port,
    close() {
      ended.abort();
      return web.close();
    },
  };
}

const NOTHING = new Uint8Array(0);

/** The list of methods is the node's own page. */
const methodsOf = (url: string): Readonly<Record<string, string>> => ({ location: new URL("/methods", url).href });

function refuse(response: ServerResponse, refused: Refused, close = false): void {
  write(
    response,
    refused.status,
    "application/json",
    Buffer.from(refusedText(refused)),
    close ? { connection: "close" } : {},
  );
}

function write(
  response: ServerResponse,
  status: number,
  type: string,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    "content-type": type,
    "content-length": bytes.length,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    ...headers,
  });
  response.end(bytes);
}

/** All bytes; undefined when there are more than `max`. */
async function bounded(stream: AsyncIterable<Uint8Array>, max: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > max) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "it did not answer in time";
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : error.message;
}
