import "../runtime/entry.js";
import { parentPort, workerData } from "node:worker_threads";
import { present } from "#proto/assert.js";
import { search, SEARCH_BOUNDS } from "../indexer/search.js";
import { serveCalls } from "../runtime/thread.js";
import { openLevel } from "../storage/database/level.js";
import type { SearchThreadData, SearchThreadMethods } from "./remote-search.js";

/** The thread that walks the search index, which another thread writes: the same database, opened for itself. */
const { directory } = workerData as SearchThreadData;
const port = present(parentPort, "this file is a thread's entry");
const db = await openLevel(directory);

serveCalls<SearchThreadMethods>(port, {
  txs: async (query, window, heights) => search(db, () => heights, SEARCH_BOUNDS).txs(query, window),
  blocks: async (query, window, heights) => search(db, () => heights, SEARCH_BOUNDS).blocks(query, window),
  async close() {
    await db.close();
    port.unref(); // The answer goes out; then nothing keeps this thread.
  },
});
