/** What node.ts wires: logs by module, metrics by table, and the port that Prometheus reads. */
export { logs, type Log, type LogFields, type LogOptions } from "./log.js";
export { LogLevelFault, parseLogLevels, type LogLevel, type LogLevels } from "./log-level.js";
export { metrics, type Handles, type Metrics, type MetricsOptions, type MetricTable } from "./metrics.js";
export { serveMetrics, type MetricsServer } from "./server.js";
export { blockMetrics, type CommittedFacts } from "./block-metrics.js";
export { consensusTable } from "./tables/consensus.js";
export { mempoolTable, p2pTable, processTable, signerTable, syncTable } from "./tables/node.js";
