import { parseAmount } from "#proto/amount.js";
import { problemResponse, rejectionProblem, type Pool } from "#proto/client/consumer/index.js";
import { ASKED_PATHS } from "#proto/exchange/openai/body.js";
import { problem } from "#proto/exchange/openai/problem.js";
import { isRejection } from "#proto/rejection.js";
import { StorageFault } from "#node/storage/fault.js";
import { BookFault } from "./book/fault.js";
import { faultOf } from "../report.js";
import type { Models } from "./models.js";
import type { LocalRequest } from "./server.js";
import { toJson } from "../output/json.js";

/** What the routes answer from. */
export interface RouteParts {
  readonly models: Models;
  readonly pool: Pool;
  /** The book cannot be written: the program ends. */
  readonly onFault: (error: unknown) => void;
  /** For the commands of the same owner. */
  readonly views: Readonly<Record<string, (query: URLSearchParams) => Promise<unknown>>>;
}

/** Answers an application, or a command of the owner. */
export async function answerTo(request: LocalRequest, parts: RouteParts): Promise<Response> {
  const { method, path, query } = request;
  const view = parts.views[path];
  if (method === "GET" && view !== undefined) return jsonResponse(await view(query));
  if (method === "GET" && path === "/v1/models") return jsonResponse({ object: "list", data: listed(parts.models) });
  if (method === "GET" && path.startsWith("/v1/models/")) {
    return oneModel(path.slice("/v1/models/".length), parts.models);
  }
  if (ASKED_PATHS.has(path)) {
    if (method === "POST") return await asked(request, parts);
    return problemResponse(problem(405, "consumer/wrongMethod", `${path} is asked with POST`));
  }
  const known = [...ASKED_PATHS.keys(), "/v1/models"].join(", ");
  return problemResponse(problem(404, "consumer/unknownPath", `${path.slice(0, 64)} is not served; ${known} are`));
}

async function asked(request: LocalRequest, { models, pool, onFault }: RouteParts): Promise<Response> {
  const { path, body, headers, signal } = request;
  const model = models.asked(body);
  if (isRejection(model)) return problemResponse(rejectionProblem(model));
  try {
    const place = await models.place(model, pool);
    if (isRejection(place)) return problemResponse(rejectionProblem(place));
    const retryCount = Number(parseAmount(headers["x-stainless-retry-count"] ?? "0") ?? 0n);
    const idempotencyKey = (headers["idempotency-key"] ?? "").slice(0, KEY_MAX);
    const ask = { path, body: models.renamed(body, model), retryCount, idempotencyKey, signal };
    const answer = await pool.ask(place, ask);
    return isRejection(answer) ? problemResponse(rejectionProblem(answer)) : answer;
  } catch (error) {
    if (error instanceof StorageFault || error instanceof BookFault) onFault(error);
    // Else a node that is replaced or gone: the application may ask again.
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    const { message, fix } = fault;
    return problemResponse(problem(503, `consumer/${fault.code}`, fix === undefined ? message : `${message}; ${fix}`));
  }
}

const KEY_MAX = 256;

function listed({ names }: Models) {
  return names.map(({ name, versionId }) => ({
    id: name,
    object: "model",
    created: 0,
    owned_by: `version ${versionId}`,
  }));
}

function oneModel(name: string, models: Models): Response {
  const found = listed(models).find(({ id }) => encodeURIComponent(id) === name || id === name);
  if (found !== undefined) return jsonResponse(found);
  return problemResponse(
    problem(404, "consumer/notOffered", `${name.slice(0, 64)} is no model; GET /v1/models lists them`),
  );
}

function jsonResponse(value: unknown): Response {
  return new Response(toJson(value), { headers: { "content-type": "application/json" } });
}
