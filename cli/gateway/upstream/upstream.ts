import { isJsonObject, type Json, type JsonObject } from "#proto/codec/json-text.js";
import { problem, type ProblemStatus } from "#proto/exchange/openai/problem.js";
import { jsonOf } from "./body.js";
import { Deadline } from "./deadline.js";
import { chunksOf } from "./events.js";
import { UpstreamFault, upstreamFault } from "./fault.js";

/** Where a model's server is, and how long it may take. */
export interface UpstreamSettings {
  /** With the path before `/chat/completions`, as http://127.0.0.1:8080/v1; no slash at the end. */
  readonly url: string;
  /** Sent as a bearer token to this server alone. */
  readonly key: string | undefined;
  readonly firstByteMs: number;
  readonly betweenMs: number;
}

/** Calls of one OpenAI-compatible server. It is given the body and nothing else of the request. */
export class Upstream {
  readonly #settings: UpstreamSettings;
  readonly #fetch: typeof globalThis.fetch;

  constructor(settings: UpstreamSettings, fetch: typeof globalThis.fetch) {
    this.#settings = settings;
    this.#fetch = fetch;
  }

  /** A whole answer. @param path as /chat/completions @throws UpstreamFault */
  async answer(path: string, body: JsonObject, cancelled: AbortSignal): Promise<JsonObject> {
    return await this.#call(path, body, cancelled, (response, deadline) => jsonOf(response, deadline));
  }

  /** A streamed answer, chunk by chunk. @param isFinished whether a chunk gave a reason to finish @throws UpstreamFault */
  async *chunks(
    path: string,
    body: JsonObject,
    cancelled: AbortSignal,
    isFinished: () => boolean,
  ): AsyncGenerator<JsonObject> {
    const deadline = this.#deadline(cancelled);
    try {
      const response = await this.#open(path, body, deadline);
      const type = response.headers.get("content-type") ?? "";
      if (!/^text\/event-stream\b/i.test(type)) throw upstreamFault("upstream_wrong_shape", "no event stream");
      yield* chunksOf(response, deadline, isFinished);
    } finally {
      deadline.end();
    }
  }

  /** Names of the models that the server says it has. @throws UpstreamFault */
  async models(cancelled: AbortSignal): Promise<readonly string[]> {
    const list = await this.#call("/models", undefined, cancelled, (response, deadline) => jsonOf(response, deadline));
    const data = list["data"];
    if (!Array.isArray(data)) throw upstreamFault("upstream_wrong_shape", "/models has no list");
    return (data as readonly Json[]).flatMap((row) =>
      isJsonObject(row) && typeof row["id"] === "string" ? [row["id"]] : [],
    );
  }

  async #call<T>(
    path: string,
    body: JsonObject | undefined,
    cancelled: AbortSignal,
    read: (response: Response, deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const deadline = this.#deadline(cancelled);
    try {
      return await read(await this.#open(path, body, deadline), deadline);
    } finally {
      deadline.end();
    }
  }

  #deadline(cancelled: AbortSignal): Deadline {
    return new Deadline(this.#settings.firstByteMs, this.#settings.betweenMs, cancelled);
  }

  /** The answer's head. @throws UpstreamFault unless it is 200 */
  async #open(path: string, body: JsonObject | undefined, deadline: Deadline): Promise<Response> {
    const { url, key } = this.#settings;
    let response: Response;
    try {
      response = await this.#fetch(`${url}${path}`, {
        method: body === undefined ? "GET" : "POST",
        redirect: "manual",
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
        signal: deadline.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw deadline.reason(error, "upstream_unreachable");
    }
    if (response.status === 200) return response;
    throw await refusal(response, deadline);
  }
}

/** Statuses that say something about the request: they pass, with what the server says of it. */
const PASSED: readonly number[] = [400, 404, 413, 422] satisfies readonly ProblemStatus[];
const MESSAGE_LENGTH_MAX = 2_000;

async function refusal(response: Response, deadline: Deadline): Promise<UpstreamFault> {
  const { status } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    return upstreamFault("upstream_redirects", `status ${status}`);
  }
  if (!PASSED.includes(status)) {
    await response.body?.cancel();
    return upstreamFault(status === 429 || status === 503 ? "upstream_busy" : "upstream_failed", `status ${status}`);
  }
  const error = await said(response, deadline);
  const { message, param } = error;
  const words = typeof message === "string" ? message.slice(0, MESSAGE_LENGTH_MAX) : `status ${status}`;
  const told = problem(
    status as ProblemStatus,
    "upstream_refused",
    `the model's server refused the request: ${words}`,
    typeof param === "string" ? param.slice(0, 64) : null,
  );
  return new UpstreamFault(told);
}

/** The error that a refusal tells; nothing where it has another shape. */
async function said(response: Response, deadline: Deadline): Promise<JsonObject> {
  try {
    const { error } = await jsonOf(response, deadline);
    return isJsonObject(error) ? error : {};
  } catch (error) {
    if (error instanceof UpstreamFault) return {}; // The status alone says that the request was refused.
    throw error;
  }
}
