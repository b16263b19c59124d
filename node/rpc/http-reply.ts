import type { IncomingMessage, ServerResponse } from "node:http";
import type { WebPage } from "./deps.js";
import { ownBytes, partBytes, type Parts } from "./shared-text.js";

export interface Reply {
  readonly status: number;
  readonly type: "application/json" | "text/html; charset=utf-8" | "text/plain; charset=utf-8" | WebPage["type"];
  readonly body: Parts;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (body: string | Parts, status = 200): Reply => ({
  status,
  type: "application/json",
  body: typeof body === "string" ? [body] : body,
});
export const plain = (body: string, status: number): Reply => ({
  status,
  type: "text/plain; charset=utf-8",
  body: [body],
});

/** Writes once; a connection that went away meanwhile gets nothing. @param close after an unread body */
export function send(response: ServerResponse, reply: Reply, close = false): void {
  if (response.destroyed || response.headersSent) return;
  const parts = reply.body.map(partBytes);
  response.statusCode = reply.status;
  response.setHeader("content-type", reply.type);
  response.setHeader(
    "content-length",
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  response.setHeader("x-content-type-options", "nosniff");
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (close) response.setHeader("connection", "close");
  for (const part of parts.slice(0, -1)) response.write(part);
  response.end(parts.at(-1));
}

export const replyBytes = ({ body }: Reply): number => ownBytes(body);

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
