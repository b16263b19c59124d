import { performance } from "node:perf_hooks";
import { rpcError, type RpcErrorBody } from "#proto/rpc/errors.js";
import { routes, type Method, type PlainMethod } from "#proto/rpc/routes.js";
import type { RpcDeps } from "./deps.js";
import { RpcFault } from "./fault.js";
import type { Handlers } from "./handlers/table.js";
import { errorText, parseBody, successText, type RpcCall, type RpcItem } from "./jsonrpc.js";

export type Outcome = { readonly result: unknown } | { readonly error: RpcErrorBody };

/** Calls handlers and turns what they throw into answers. */
export interface Dispatcher {
  call(method: PlainMethod, params: Readonly<Record<string, unknown>>): Promise<Outcome>;
  /** The answer to a whole JSON body; empty when it held only notifications. */
  body(text: string): Promise<string>;
}

export function isPlain(method: Method): method is PlainMethod {
  return !("socketOnly" in routes[method]);
}

export function dispatcher(deps: RpcDeps, handlers: Handlers, batchMax: number): Dispatcher {
  const { log, metrics } = deps;

  async function call(method: PlainMethod, params: Readonly<Record<string, unknown>>): Promise<Outcome> {
    const start = performance.now();
    const outcome = await run(method, params);
    metrics.request(method, "error" in outcome ? "error" : "ok", (performance.now() - start) / 1000);
    return outcome;
  }

  async function run(method: PlainMethod, params: Readonly<Record<string, unknown>>): Promise<Outcome> {
    try {
      // The params were read by the table of routes: their type is the method's.
      return { result: await handlers[method](params as never) };
    } catch (error) {
      if (error instanceof RpcFault) return { error: error.body };
      // A stranger's question must not stop a validator, even when our answer has a bug: it is logged for a person to act.
      log.error("handler failed", { method, error: error instanceof Error ? error.stack : String(error) });
      return { error: rpcError("internal", "the node failed to answer; its log says why") };
    }
  }

  async function item(entry: RpcCall | Exclude<RpcItem, RpcCall | undefined>): Promise<string> {
    if ("error" in entry) return errorText(entry.id, entry.error);
    const { id, method, params } = entry;
    if (!isPlain(method)) return errorText(id, rpcError("methodNotFound", `${method} is served on /websocket only`));
    const outcome = await call(method, params);
    return "error" in outcome ? errorText(id, outcome.error) : successText(id, outcome.result);
  }

  return {
    call,
    async body(text) {
      const { batch, items } = parseBody(text, batchMax);
      const answers: string[] = [];
      for (const entry of items) if (entry !== undefined) answers.push(await item(entry));
      return batch && answers.length > 0 ? `[${answers.join(",")}]` : (answers[0] ?? "");
    },
  };
}
