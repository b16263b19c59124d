import type { Gate } from "../../runtime/gate.js";
import type { QueryAnswer, QueryRequest, RpcDeps } from "../deps.js";
import { txService } from "./tx-service.js";

/** Protobuf queries by path, whoever answers them: state, or this node's own records. */
export interface QueryService {
  query(request: QueryRequest): Promise<QueryAnswer>;
}

/** Queries that need the index and not the state. */
export type OwnQueries = Readonly<Record<string, (request: QueryRequest) => Promise<QueryAnswer>>>;

export function queryService(deps: RpcDeps, pages: Gate): QueryService {
  const own: OwnQueries = txService(deps, pages);
  return {
    query: async (request) =>
      Object.hasOwn(own, request.path) ? own[request.path]!(request) : deps.chain.query(request),
  };
}
