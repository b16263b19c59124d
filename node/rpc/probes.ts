import type { RpcDeps } from "./deps.js";
import { json, plain, type Reply } from "./http-reply.js";
import { successParts } from "./jsonrpc.js";
import { URI_ID } from "./uri.js";

const failed = (): Reply => plain("this node stops: the end of its log says why\n", 503);

/** GET probes of an orchestrator: whether to restart this process, and whether to send clients to it. */
const PROBES: Readonly<Record<string, (deps: RpcDeps) => Reply>> = {
  /** Catching up and waiting for others count as progress, a fault that ends the process does not. As CometBFT's method. */
  "/health": ({ progress }) => (progress.hasFailed() ? failed() : json(successParts(URI_ID, {}))),
  "/ready": ({ progress, chain, peers }) => {
    if (progress.hasFailed()) return failed();
    const height = `height ${chain.latestHeight()}\n`;
    if (!chain.catchingUp()) return plain(height, 200);
    return plain(`${peers().length === 0 ? "no peers" : "catching up"}: ${height}`, 503);
  },
};

/** Undefined for any other request. Probes are answered whatever else is being answered. */
export function probe(method: string | undefined, target: string | undefined, deps: RpcDeps): Reply | undefined {
  const path = target?.split("?", 1)[0] ?? "";
  if ((method !== "GET" && method !== "HEAD") || !Object.hasOwn(PROBES, path)) return undefined;
  return PROBES[path]!(deps);
}
