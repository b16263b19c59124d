import type { IncomingMessage, ServerResponse } from "node:http";

export interface Reply {
  readonly status: number;
  readonly type: "application/json" | "text/html; charset=utf-8" | "text/plain; charset=utf-8";
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (body: string, status = 200): Reply => ({ status, type: "application/json", body });
export const plain = (body: string, status: number): Reply => ({ status, type: "text/plain; charset=utf-8", body });

/** Writes once; a connection that went away meanwhile gets nothing. @param close after an unread body */
export function send(response: ServerResponse, reply: Reply, close = false): void {
  if (response.destroyed || response.headersSent) return;
  const body = Buffer.from(reply.body, "utf8");
  response.statusCode = reply.status;
  response.setHeader("content-type", reply.type);
  response.setHeader("content-length", body.length);
  response.setHeader("x-content-type-options", "nosniff");
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (close) response.setHeader("connection", "close");
  response.end(body);
}

export type BodyRead = { readonly text: string } | { readonly refused: Reply };

/** The body as text, never holding more than `bytesMax`; compressed bodies are refused, as their size is a claim. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<BodyRead> {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    return { refused: plain(`content-encoding ${encoding.slice(0, 32)} is not taken: send the body as it is\n`, 415) };
  }
  const tooLarge = { refused: plain(`the body is larger than ${bytesMax} bytes\n`, 413) };
  if (Number(request.headers["content-length"] ?? 0) > bytesMax) return tooLarge;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bytesMax) return tooLarge;
    chunks.push(chunk);
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { refused: plain("the body is not UTF-8\n", 400) }; // The decoder's only failure is malformed input.
  }
}

/** Any page may read a node, as wallets in browsers need; an operator narrows the list. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  const origin = request.headers.origin;
  const allowed = origins.includes("*") ? "*" : origin !== undefined && origins.includes(origin) ? origin : undefined;
  if (allowed === undefined) return;
  response.setHeader("access-control-allow-origin", allowed);
  response.setHeader("access-control-allow-methods", "GET, HEAD, POST, OPTIONS");
  response.setHeader("access-control-allow-headers", "content-type, x-cosmos-block-height");
  response.setHeader("access-control-expose-headers", "x-cosmos-block-height");
  response.setHeader("access-control-max-age", "86400");
  if (allowed !== "*") response.setHeader("vary", "origin");
}
