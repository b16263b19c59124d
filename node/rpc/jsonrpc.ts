import { isJsonObject, parseJson, type Json } from "#proto/codec/json-text.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { rpcError, type RpcErrorBody } from "#proto/rpc/errors.js";
import { isMethod, paramsFromJson, type Method } from "#proto/rpc/routes.js";
import { scanJson } from "./json-scan.js";
import type { RpcLimits } from "./limits.js";
import { SharedText, WrittenText, type Parts } from "./shared-text.js";

/** JSON-RPC 2.0 as CometBFT speaks it: what a body asks for, and how answers are written. Pure: no handler is called. */
export type RpcId = string | number;

export interface RpcCall {
  readonly id: RpcId;
  readonly method: Method;
  readonly params: Readonly<Record<string, unknown>>;
}
export interface RpcRefusal {
  readonly id: RpcId | null;
  readonly error: RpcErrorBody;
}
/** Undefined stands for a notification, which is not answered. */
export type RpcItem = RpcCall | RpcRefusal | undefined;
export interface RpcBody {
  /** An array is answered by an array. */
  readonly batch: boolean;
  readonly items: readonly RpcItem[];
}

const ID_LENGTH_MAX = 256;
const METHOD_SHOWN_MAX = 64;

/** @param text a body whose size was bounded */
export function parseBody(text: string, limits: Pick<RpcLimits, "batchMax" | "jsonValuesMax">): RpcBody {
  const refused = scanJson(text, { calls: limits.batchMax, values: limits.jsonValuesMax });
  if (refused !== undefined) return single({ id: null, error: rpcError("invalidRequest", rejectionText(refused)) });
  const json = parseJson(text);
  if (isRejection(json)) return single({ id: null, error: rpcError("parse", rejectionText(json)) });
  if (!Array.isArray(json)) return single(parseCall(json));
  const calls = json as readonly Json[];
  if (calls.length === 0) return single({ id: null, error: rpcError("invalidRequest", "an empty batch") });
  return { batch: true, items: calls.map(parseCall) };
}

const single = (item: RpcItem): RpcBody => ({ batch: false, items: [item] });

function parseCall(json: Json): RpcItem {
  const refuse = (id: RpcId | null, sentence: string): RpcRefusal => ({
    id,
    error: rpcError("invalidRequest", sentence),
  });
  if (!isJsonObject(json)) return refuse(null, "a call is an object");
  const { jsonrpc, id, method, params } = json;
  if (id === undefined) return undefined;
  if (!isId(id)) return refuse(null, "id is a string or a whole number");
  if (jsonrpc !== undefined && jsonrpc !== "2.0") return refuse(id, 'jsonrpc is "2.0"');
  if (typeof method !== "string") return refuse(id, "method is a string");
  if (!isMethod(method)) return { id, error: rpcError("methodNotFound", method.slice(0, METHOD_SHOWN_MAX)) };
  const values = paramsFromJson(method, params);
  return isRejection(values)
    ? { id, error: rpcError("invalidParams", rejectionText(values)) }
    : { id, method, params: values };
}

function isId(id: Json): id is RpcId {
  return typeof id === "number" ? Number.isSafeInteger(id) : typeof id === "string" && id.length <= ID_LENGTH_MAX;
}

export function successParts(id: RpcId, result: unknown): Parts {
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`;
  const isText = result instanceof SharedText || result instanceof WrittenText;
  return isText ? [head, result, "}"] : [`${head}${JSON.stringify(result)}}`];
}

export function errorText(id: RpcId | null, error: RpcErrorBody): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error });
}
