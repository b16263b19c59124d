import { performance } from "node:perf_hooks";
import { rpcError, type RpcErrorBody } from "#proto/rpc/errors.js";
import { routes, type Method, type PlainMethod } from "#proto/rpc/routes.js";
import type { RpcDeps } from "./deps.js";
import type { Caller } from "./door.js";
import { expected } from "./fault.js";
import type { Handlers } from "./handlers/table.js";
import { errorText, parseBody, successParts, type RpcCall, type RpcItem } from "./jsonrpc.js";
import type { RpcLimits } from "./limits.js";
import { ownBytes, type Parts } from "./shared-text.js";

/** `status` is HTTP's word for the error where a call is a GET. */
export type Outcome = { readonly result: unknown } | { readonly error: RpcErrorBody; readonly status: number };

/** Calls handlers and turns what they throw into answers. */
export interface Dispatcher {
  call(method: PlainMethod, params: Readonly<Record<string, unknown>>, caller: Caller): Promise<Outcome>;
  /** One call of a body, or the refusal that stands for it. */
  item(entry: Exclude<RpcItem, undefined>, caller: Caller): Promise<Parts>;
  /** The answer to a whole JSON body; empty when it held only notifications. */
  body(text: string, caller: Caller): Promise<Parts>;
}

export function isPlain(method: Method): method is PlainMethod {
  return !("socketOnly" in routes[method]);
}

const INTERNAL = 500;

export function dispatcher(deps: RpcDeps, handlers: Handlers, limits: RpcLimits): Dispatcher {
  const { log, metrics } = deps;

  async function call(
    method: PlainMethod,
    params: Readonly<Record<string, unknown>>,
    caller: Caller,
  ): Promise<Outcome> {
    const start = performance.now();
    const outcome = await run(method, params, caller);
    metrics.request(method, "error" in outcome ? "error" : "ok", (performance.now() - start) / 1000);
    return outcome;
  }

  async function run(method: PlainMethod, params: Readonly<Record<string, unknown>>, caller: Caller): Promise<Outcome> {
    try {
      // The params were read by the table of routes: their type is the method's.
      return { result: await handlers[method](params as never, caller) };
    } catch (error) {
      const fault = expected(error);
      if (fault !== undefined) return { error: fault.body, status: fault.status };
      // A stranger's question must not stop a validator, even when our answer has a bug: it is logged for a person to act.
      log.error("handler failed", { method, error: error instanceof Error ? error.stack : String(error) });
      return { error: rpcError("internal", "the node failed to answer; its log says why"), status: INTERNAL };
    }
  }

  async function item(entry: RpcCall | Exclude<RpcItem, RpcCall | undefined>, caller: Caller): Promise<Parts> {
    if ("error" in entry) return [errorText(entry.id, entry.error)];
    const { id, method, params } = entry;
    if (!isPlain(method)) return [errorText(id, rpcError("methodNotFound", `${method} is served on /websocket only`))];
    const outcome = await call(method, params, caller);
    return "error" in outcome ? [errorText(id, outcome.error)] : successParts(id, outcome.result);
  }

  return {
    call,
    item,
    async body(text, caller) {
      const { batch, items } = parseBody(text, limits);
      const answers: Parts[] = [];
      let bytes = 0;
      for (const entry of items) {
        if (entry === undefined) continue;
        const answer = bytes > limits.batchAnswerBytesMax ? [tooMuch(entry, limits)] : await item(entry, caller);
        bytes += ownBytes(answer);
        answers.push(answer);
      }
      if (!batch || answers.length === 0) return answers[0] ?? [];
      return answers.flatMap((answer, i) => [
        i === 0 ? "[" : ",",
        ...answer,
        ...(i === answers.length - 1 ? ["]"] : []),
      ]);
    },
  };
}

function tooMuch({ id }: Exclude<RpcItem, undefined>, { batchAnswerBytesMax }: RpcLimits): string {
  const sentence = `the answers before this one hold more than ${batchAnswerBytesMax} bytes: ask it alone`;
  return errorText(id, rpcError("invalidRequest", sentence));
}
