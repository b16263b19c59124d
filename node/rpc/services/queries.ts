import type { AbciAnswer, AbciQuery } from "#proto/rpc/abci.js";
import type { Gate } from "../../runtime/gate.js";
import type { RpcDeps } from "../deps.js";
import { txService } from "./tx-service.js";

/** Protobuf queries by path, answered from the state or from this node's own records. */
export interface QueryService {
  query(request: AbciQuery): Promise<AbciAnswer>;
}

/** Queries that need the index and not the state. */
export type OwnQueries = Readonly<Record<string, (request: AbciQuery) => Promise<AbciAnswer>>>;

export function queryService(deps: RpcDeps, pages: Gate): QueryService {
  const own: OwnQueries = txService(deps, pages);
  return {
    query: async (request) =>
      Object.hasOwn(own, request.path) ? own[request.path]!(request) : deps.chain.query(request),
  };
}
