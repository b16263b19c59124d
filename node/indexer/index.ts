/** What node.ts wires: the index, the ports it needs, and the metrics it keeps. */
export { openIndexer, type Indexer, type IndexerDeps } from "./indexer.js";
export { indexWork } from "./work.js";
export { SEARCH_BOUNDS, type Found, type Search, type Window } from "./search.js";
export type * from "./deps.js";
export { indexMetrics, indexTable } from "./metrics.js";
