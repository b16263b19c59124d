import { Thread } from "../runtime/thread.js";
import { reviveFault, type QueryThreadData, type QueryThreadMethods } from "./crossing.js";
import type { QueryPort } from "./types.js";

export interface RemoteQueries {
  readonly queries: QueryPort;
  close(): Promise<void>;
}

/**
 * Queries in a thread of their own, begun by the first of them: a node that nobody asks does without. A query that
 * breaks it fails alone; when the thread itself ends, the next query begins another one.
 * @param onLost told why the thread ended
 */
export function remoteQueries(data: QueryThreadData, onLost: (error: Error) => void): RemoteQueries {
  let running: Thread<QueryThreadMethods> | undefined;
  function thread(): Thread<QueryThreadMethods> {
    if (running !== undefined) return running;
    const begun = new Thread<QueryThreadMethods>(new URL("./query-worker.js", import.meta.url), {
      data,
      revive: reviveFault,
      onBug: () => undefined, // Whoever asked hears of it; reading has changed nothing.
      onLost(error) {
        if (running === begun) running = undefined;
        onLost(error);
      },
    });
    return (running = begun);
  }
  return {
    queries: {
      query: (request) => thread().call("query", request),
      validatorsAfter: (height) => thread().call("validatorsAfter", height),
      paramsAfter: (height) => thread().call("paramsAfter", height),
    },
    async close() {
      await running?.close("close");
    },
  };
}
