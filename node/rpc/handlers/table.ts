import type { Results } from "#proto/rpc/results.js";
import type { ParamsOf, PlainMethod } from "#proto/rpc/routes.js";
import type { Awaitable, RpcDeps } from "../deps.js";
import type { Caller } from "../door.js";
import type { RpcLimits } from "../limits.js";
import type { SharedText, WrittenText } from "../shared-text.js";
import type { Gate } from "../../runtime/gate.js";
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
  readonly [M in PlainMethod]: (
    params: ParamsOf<M>,
    caller: Caller,
  ) => Awaitable<Results[M] | SharedText | WrittenText>;
};

/** State that handlers share, beside the node's ports. */
export interface Desk {
  readonly queries: QueryService;
  readonly submission: Submission;
  readonly limits: RpcLimits;
  /** Limits concurrent answers that read and decode many blocks. */
  readonly pages: Gate;
}

export function handlersOf(deps: RpcDeps, desk: Desk): Handlers {
  return {
    ...infoHandlers(deps),
    ...blockHandlers(deps, desk),
    ...consensusHandlers(deps),
    ...mempoolHandlers(deps, desk),
    ...evidenceHandlers(desk.submission),
    ...txHandlers(deps, desk),
    ...abciHandlers(deps, desk.queries),
  };
}
