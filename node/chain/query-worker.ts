import "../runtime/entry.js";
import { parentPort, workerData } from "node:worker_threads";
import { assert, present } from "#proto/assert.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { fingerprintsOnDemand } from "./fingerprints.js";
import { Serial } from "../runtime/serial.js";
import { serveCalls } from "../runtime/thread.js";
import { stateReader } from "../storage/chain-reader.js";
import { StorageFault } from "../storage/fault.js";
import { openLevel } from "../storage/database/level.js";
import type { QueryThreadData, QueryThreadMethods } from "./threads.js";
import { Queries } from "./queries.js";

/** The thread that answers queries, beside the one that executes, from the same database. */
const { directory, genesis: document } = workerData as QueryThreadData;
const port = present(parentPort, "this file is a thread's entry");
const genesis = parseGenesis(document);
assert(!isRejection(genesis), "the node has checked its genesis");
const db = await openLevel(directory);
const reader = stateReader(db);
const queries = new Queries({ reader, genesis, fingerprints: fingerprintsOnDemand() });
const serial = new Serial();

/** Heights may be committed while a query runs; it is then run again, at most this many times. */
const ATTEMPTS = 10;

function asked<T>(ask: () => T): Promise<T> {
  return serial.run(async () => {
    for (let attempt = 1; ; attempt++) {
      const { height } = await reader.follow();
      try {
        return ask();
      } catch (error) {
        // What looks like damage was the writer, if it has gone on.
        const torn = error instanceof StorageFault && error.code === "storage.corrupt_record";
        if (!torn || attempt === ATTEMPTS || reader.head?.height === height) throw error;
      }
    }
  });
}

serveCalls<QueryThreadMethods>(port, {
  query: (request) => asked(() => queries.answer(request)),
  validatorsAfter: (height) => asked(() => queries.validatorsAfter(height)),
  paramsAfter: (height) => asked(() => queries.paramsAfter(height)),
  async close() {
    await serial.run(() => db.close());
    port.unref(); // The answer goes out; then nothing keeps this thread.
  },
});
