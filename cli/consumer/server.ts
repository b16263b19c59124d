import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { concat, type Bytes } from "#proto/bytes.js";
import { StreamBroken } from "#proto/client/consumer/index.js";
import { problem, type Problem } from "#proto/exchange/openai/problem.js";
import { refusalOf, type Asked } from "./access.js";

/** A request that may be served, its body read. */
export interface LocalRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Bytes;
  /** Aborted when the application is gone. */
  readonly signal: AbortSignal;
}

/** What a server is made of. */
export interface ServerParts {
  readonly apiKey: string;
  /** By the names in Host that it answers to. */
  readonly hosts: () => ReadonlySet<string>;
  readonly answer: (request: LocalRequest) => Promise<Response>;
  /** A bug: the application is answered 500. */
  readonly onBug: (error: unknown) => void;
}

/** Bytes of a body: images travel in it. */
export const BODY_MAX = 32 * 1024 * 1024;
/** Requests at once; more wait in the system's queue. */
const CONNECTIONS_MAX = 512;
const HEADERS_MS = 10_000;
const BODY_MS = 60_000;

/** The local server for applications. */
export function localServer(parts: ServerParts): Server {
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: BODY_MS }, (request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendProblem(response, problem(500, "consumer/bug", "this program failed; its log says why"));
      parts.onBug(error);
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { host, origin, authorization } = request.headers;
  const asked: Asked = { host, origin, authorization };
  const refused = refusalOf(asked, parts.hosts(), parts.apiKey);
  if (refused !== undefined) return sendProblem(response, refused);
  const body = await readBody(request);
  if (body === undefined) {
    const text = `the body is above ${BODY_MAX} bytes`;
    return sendProblem(response, problem(413, "consumer/bodyTooLarge", text));
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const url = new URL(request.url ?? "/", "http://local");
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, [value].flat()[0]]));
  const { method = "GET" } = request;
  const { pathname: path, searchParams: query } = url;
  await send(response, await parts.answer({ method, path, query, headers, body, signal: gone.signal }));
}

/** The body; undefined for one that is too large, whose rest is not read. */
async function readBody(request: IncomingMessage): Promise<Bytes | undefined> {
  const chunks: Bytes[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Bytes>) {
    size += chunk.length;
    if (size > BODY_MAX) return undefined;
    chunks.push(chunk);
  }
  return concat(...chunks);
}

/** Sends an answer as it comes. One that breaks resets the connection: it must not look whole. */
async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.flushHeaders();
  if (answer.body === null) return void response.end();
  const reader = answer.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (response.closed) return await reader.cancel();
      if (!response.write(read.value)) await drained(response);
    }
    response.end();
  } catch (error) {
    response.destroy();
    if (!(error instanceof StreamBroken)) throw error; // Its last line told why.
  }
}

/** Resolves when more can be written, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const ends = (): void => {
      response.off("drain", ends).off("close", ends);
      resolve();
    };
    response.on("drain", ends).on("close", ends);
  });
}

function sendProblem(response: ServerResponse, { status, body, mayRetry }: Problem): void {
  const headers = { "content-type": "application/json", "x-should-retry": String(mayRetry), connection: "close" };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
