/** Exports for node.ts: the index, its ports and its metrics. */
export { openIndexer, type Indexer } from "./indexer.js";
export { indexWork } from "./work.js";
export type * from "./deps.js";
export { indexMetrics, indexTable } from "./metrics.js";
