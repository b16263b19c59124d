import "../runtime/entry.js";
import { parentPort, workerData } from "node:worker_threads";
import { present } from "#proto/assert.js";
import { indexWork } from "../indexer/work.js";
import { Serial } from "../runtime/serial.js";
import { serveCalls } from "../runtime/thread.js";
import { blockReader } from "../storage/chain-reader.js";
import { openLevel } from "../storage/database/level.js";
import { indexSource } from "./index-source.js";
import type { IndexThreadData, IndexThreadMethods } from "./remote-index.js";

/** The thread that writes the search index: both databases of the node, opened for itself. */
const { chainDirectory, indexDirectory } = workerData as IndexThreadData;
const port = present(parentPort, "this file is a thread's entry");
const chainDb = await openLevel(chainDirectory);
const indexDb = await openLevel(indexDirectory);
const work = indexWork(indexDb, indexSource(blockReader(chainDb)));
const serial = new Serial();

serveCalls<IndexThreadMethods>(port, {
  add: (height) => serial.run(() => work.add(height)),
  remove: (height) => serial.run(() => work.remove(height)),
  erase: () => serial.run(() => work.erase()),
  async close() {
    await serial.run(async () => {
      await indexDb.close();
      await chainDb.close();
    });
    port.unref(); // The answer goes out; then nothing keeps this thread.
  },
});
