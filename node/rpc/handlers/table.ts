import type { Results } from "#proto/rpc/results.js";
import type { ParamsOf, PlainMethod } from "#proto/rpc/routes.js";
import type { Awaitable, RpcDeps } from "../deps.js";
import type { Caller } from "../door.js";
import type { RpcLimits } from "../limits.js";
import type { SharedText } from "../shared-text.js";
import type { Submission } from "../services/submission.js";
import type { QueryService } from "../services/queries.js";
import { abciHandlers } from "./abci.js";
import { blockHandlers } from "./blocks.js";
import { consensusHandlers } from "./consensus.js";
import { evidenceHandlers } from "./evidence.js";
import { infoHandlers } from "./info.js";
import { mempoolHandlers } from "./mempool.js";
import { txHandlers } from "./txs.js";

/** One handler a method of proto/rpc/routes.ts: a missing or misspelt one does not compile. */
export type Handlers = {
  readonly [M in PlainMethod]: (params: ParamsOf<M>, caller: Caller) => Awaitable<Results[M] | SharedText>;
};

export function handlersOf(deps: RpcDeps, queries: QueryService, submission: Submission, limits: RpcLimits): Handlers {
  return {
    ...infoHandlers(deps),
    ...blockHandlers(deps),
    ...consensusHandlers(deps),
    ...mempoolHandlers(deps, { submission, limits }),
    ...evidenceHandlers(submission),
    ...txHandlers(deps),
    ...abciHandlers(deps, queries),
  };
}
