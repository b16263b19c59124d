/** Exports for node.ts: the server, its ports and its metrics. */
export { startRpc, type RpcOptions, type RpcServer } from "./http.js";
export { TxDoor } from "./door.js";
export type * from "./deps.js";
export { rpcLimits, type RpcLimits } from "./limits.js";
export { rpcMetrics, rpcTable } from "./metrics.js";
