import type { RpcDeps } from "../deps.js";
import type { Reply } from "../http-reply.js";
import type { RpcLimits } from "../limits.js";
import type { Submission } from "../services/submission.js";
import type { QueryService } from "../services/queries.js";
import { baseRoutes, type OwnRoute } from "./base.js";
import { cosmosQueries, cosmosQuery } from "./cosmos-queries.js";
import { matchPath } from "./paths.js";
import { grpcError, notImplemented, type RestRequest } from "./reply.js";
import { tributaryQuery } from "./tributary.js";
import { txRoutes } from "./txs.js";
import { urlFields } from "./url-fields.js";

/** The Cosmos LCD and our own queries as JSON. What does not exist answers 501 as JSON: wallets probe for it. */
export interface RestApi {
  readonly paths: readonly string[];
  serves(pathname: string): boolean;
  handle(request: RestRequest): Promise<Reply>;
}

/** First segments that wallets and explorers ask for; whatever stands below them is answered here. */
const ROOTS: ReadonlySet<string> = new Set([
  "cosmos",
  "tributary",
  "ibc",
  "cosmwasm",
  "feemarket",
  "denoms",
  "osmosis",
]);
const HEIGHT = /^[0-9]{1,19}$/;

export function restApi(
  deps: RpcDeps,
  parts: { readonly queries: QueryService; readonly submission: Submission; readonly limits: RpcLimits },
): RestApi {
  const { queries, limits } = parts;
  const own: readonly OwnRoute[] = [...baseRoutes(deps), ...txRoutes(deps, parts)];

  return {
    paths: [
      ...own.map(({ method, path }) => `${method} ${path}`),
      ...cosmosQueries.map(({ path }) => `GET ${path}`),
      "GET /tributary/{module}/v1/{query}",
    ],
    serves: (pathname) => ROOTS.has(pathname.split("/")[1] ?? ""),

    async handle(request) {
      const { method, url } = request;
      if (url.searchParams.size > limits.urlParametersMax) {
        return grpcError("InvalidArgument", `at most ${limits.urlParametersMax} parameters in an address`);
      }
      if (request.height !== undefined && !HEIGHT.test(request.height)) {
        return grpcError("InvalidArgument", "x-cosmos-block-height: a height");
      }
      const asked = BigInt(request.height ?? "0");
      const height = asked === 0n ? undefined : asked;
      for (const route of own) {
        const variables = route.method === method ? matchPath(route.path, url.pathname) : undefined;
        if (variables !== undefined) return route.handle(variables, request);
      }
      if (method === "GET" && url.pathname.startsWith("/tributary/")) return tributaryQuery(url, height, queries);
      for (const route of method === "GET" ? cosmosQueries : []) {
        const variables = matchPath(route.path, url.pathname);
        if (variables !== undefined) return cosmosQuery(route, urlFields(variables, url.searchParams), height, queries);
      }
      return notImplemented();
    },
  };
}
