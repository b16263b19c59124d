import type { ServerResponse } from "node:http";
import type { JsonObject } from "#proto/codec/json-text.js";
import type { Problem } from "#proto/exchange/openai/problem.js";
import { encodeHeader, x402Headers, X402_VERSION } from "#proto/exchange/x402.js";

/** Sends JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: JsonObject | string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
}

/** Sends an error in OpenAI's shape. The header tells the official clients whether to ask again. @param required for a 402 */
export function sendProblem(response: ServerResponse, problem: Problem, required?: JsonObject): void {
  const { status, body, mayRetry } = problem;
  sendJson(response, status, JSON.stringify(body), {
    "x-should-retry": mayRetry ? "true" : "false",
    ...(status === 402 && required !== undefined ? { [x402Headers.required]: encodeHeader(required) } : {}),
  });
}

/** What asks for a payment. @param accepts the terms */
export function paymentRequired(error: string, url: string, accepts: readonly JsonObject[]): JsonObject {
  return { x402Version: X402_VERSION, error, resource: { url }, accepts };
}
