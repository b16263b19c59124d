import { Gate } from "../runtime/gate.js";
import { ReadingThread } from "../runtime/thread.js";
import { THREAD_FAULTS, type QueryThreadData, type QueryThreadMethods } from "./threads.js";
import type { QueryPort } from "./types.js";

export interface RemoteQueries {
  readonly queries: QueryPort;
  close(): Promise<void>;
}

/** The thread answers one after the other; the next one is there when it is done. */
const ASKED_AT_ONCE = 2;
/** A wallet asks ten at once, and most take a millisecond: more than this is seconds of work. */
const WAITING_MAX = 256;

/**
 * Queries in a thread of their own, started by the first query, so that a node without clients does without it. A query that
 * breaks it fails alone; when the thread itself ends, the next query begins another one.
 * Each may throw a BusyFault.
 * @param onLost told why the thread ended
 */
export function remoteQueries(data: QueryThreadData, onLost: (error: Error) => void): RemoteQueries {
  const entry = new URL("./query-worker.js", import.meta.url);
  const thread = new ReadingThread<QueryThreadMethods>(entry, { data, faults: THREAD_FAULTS, onLost });
  const gate = new Gate("queries", { running: ASKED_AT_ONCE, waiting: WAITING_MAX });
  return {
    queries: {
      query: (request) => gate.run(() => thread.call("query", request)),
      validatorsAfter: (height) => gate.run(() => thread.call("validatorsAfter", height)),
      paramsAfter: (height) => gate.run(() => thread.call("paramsAfter", height)),
    },
    close: () => thread.close("close"),
  };
}
