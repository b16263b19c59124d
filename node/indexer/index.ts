/** What node.ts wires: the index, the ports it needs, and the metrics it keeps. */
export { openIndexer, type Indexer } from "./indexer.js";
export { indexWork } from "./work.js";
export type * from "./deps.js";
export { indexMetrics, indexTable } from "./metrics.js";
