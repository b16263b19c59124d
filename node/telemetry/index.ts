/** Exports for node.ts: logs by module, metrics by table, and the port that Prometheus reads. */
export { logs, type Log } from "./log.js";
export { metrics } from "./metrics.js";
export { serveMetrics } from "./server.js";
export { blockMetrics } from "./block-metrics.js";
export { consensusTable } from "./tables/consensus.js";
export { mempoolTable, p2pTable, processTable, signerTable, syncTable } from "./tables/node.js";
