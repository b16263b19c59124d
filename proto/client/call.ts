import { toBase64 } from "../base64.js";
import { toHex, type Bytes } from "../bytes.js";
import { isJsonObject, parseJson } from "../codec/json-text.js";
import { isRejection } from "../rejection.js";
import type { RpcErrorBody } from "../rpc/errors.js";
import type { Param } from "../rpc/params.js";
import type { Results } from "../rpc/results.js";
import { routes, type CallOf, type PlainMethod } from "../rpc/routes.js";
import { BadAnswer, RpcError, type Transport } from "./transport.js";

/** A typed JSON-RPC call. Throws RpcError for an error answer, BadAnswer for anything that is not an answer. */
export type Call = <M extends PlainMethod>(method: M, params: CallOf<M>) => Promise<Results[M]>;

/** Makes typed calls from the table of routes. */
export function caller(transport: Transport): Call {
  return async (method, params) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: encodeParams(method, params) });
    return resultOf(method, await transport.send(body)) as Results[typeof method];
  };
}

/** Integers travel as strings: the node's answers and other clients do the same. */
const ENCODE: { readonly [K in Param["kind"]]: (value: never) => string | boolean } = {
  height: (value: bigint) => String(value),
  count: (value: number) => String(value),
  bool: (value: boolean) => value,
  text: (value: string) => value,
  hexBytes: (value: Bytes) => toHex(value),
  bytes: (value: Bytes) => toBase64(value),
};

function encodeParams(method: PlainMethod, params: object): Record<string, string | boolean> {
  const table: Readonly<Record<string, Param>> = routes[method].params;
  const out: Record<string, string | boolean> = {};
  for (const [name, value] of Object.entries(params)) {
    const param = table[name];
    if (value !== undefined && param !== undefined) out[name] = ENCODE[param.kind](value as never);
  }
  return out;
}

function resultOf(method: string, text: string): unknown {
  const answer = parseJson(text);
  if (isRejection(answer) || !isJsonObject(answer)) {
    throw new BadAnswer(`${method}: the answer is not a JSON-RPC object`);
  }
  const { error, result } = answer;
  if (isJsonObject(error)) throw new RpcError(method, error as unknown as RpcErrorBody);
  if (result === undefined) throw new BadAnswer(`${method}: the answer has neither result nor error`);
  return result;
}
