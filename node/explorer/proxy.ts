import type { IncomingHttpHeaders } from "node:http";
import { isJsonObject, parseJson, type Json } from "#proto/codec/json-text.js";
import { isRejection } from "#proto/rejection.js";
import { pageMethods } from "./methods.js";

/** Why a request is not answered, as HTTP says it. */
export interface Refused {
  readonly status: number;
  readonly why: string;
}

/** A name of this machine that no other machine can have. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Who may ask. On loopback only a page of this server: a page of another site that has its own name point here (DNS rebinding)
 * brings that name in Host. Elsewhere the name is not known; a page of another origin is still refused by its Origin.
 * @param host where the server listens, as it was told
 */
export function refusedCaller(
  { host: asked, origin, "sec-fetch-site": site }: IncomingHttpHeaders,
  { host }: { readonly host: string },
): Refused | undefined {
  const name = (asked ?? "").toLowerCase();
  if (isLoopback(host) && !LOOPBACK.has(name.replace(/:\d{1,5}$/, ""))) {
    return { status: 403, why: `Host "${name.slice(0, 100)}" is not this machine: open http://localhost` };
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${name}` && origin.toLowerCase() !== `https://${name}`) {
    return { status: 403, why: "a page of another origin may not ask" };
  }
  if (site === "cross-site") return { status: 403, why: "a page of another site may not ask" };
  return undefined;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

const METHODS: ReadonlySet<string> = new Set(pageMethods);

/** A call as it is passed on: one object, written anew, with a method that the page uses; or why not. */
export function passedOn(body: string): string | Refused {
  const call = parseJson(body);
  if (isRejection(call) || !isJsonObject(call)) return { status: 400, why: "the body is one JSON-RPC call" };
  const { id, method, params } = call;
  if (typeof method !== "string" || !METHODS.has(method)) {
    return { status: 403, why: `${String(method).slice(0, 40)}: the explorer asks ${pageMethods.join(", ")}` };
  }
  if (typeof id !== "number" && typeof id !== "string") return { status: 400, why: "id is a number or a text" };
  return JSON.stringify({ jsonrpc: "2.0", id, method, params: params ?? {} } satisfies Json);
}

/** JSON-RPC's way to say it, so that the page can show the sentence. */
export function refusedText({ why }: Refused): string {
  return JSON.stringify({ jsonrpc: "2.0", id: -1, error: { code: -32603, message: "Internal error", data: why } });
}
