import type { Rejection } from "#proto/rejection.js";
import type { EventQuery } from "#proto/rpc/query-grammar.js";
import type { Heights } from "../indexer/height-bounds.js";
import type { Found, Search, Window } from "../indexer/search.js";
import { Gate } from "../runtime/gate.js";
import { ReadingThread } from "../runtime/thread.js";
import { StorageFault } from "../storage/fault.js";

/** Start parameters of the search thread. */
export interface SearchThreadData {
  readonly directory: string;
}

type TxPlace = { readonly height: bigint; readonly index: number };

export interface SearchThreadMethods {
  txs(query: EventQuery, window: Window, heights: Heights): Promise<Found<TxPlace> | Rejection>;
  blocks(query: EventQuery, window: Window, heights: Heights): Promise<Found<bigint> | Rejection>;
  close(): Promise<void>;
}

/** A broad search takes a second of a core: two share the thread, so that a narrow one does not wait for it. */
const AT_ONCE = 2;
/** Each may wait for as many before it, some seconds at worst. */
const WAITING_MAX = 16;

/**
 * Searches in a thread of their own, begun by the first of them: however much of the index one walks, consensus does not
 * wait for it. A hash is one read, and stays where it is asked. Each search may throw a BusyFault.
 * @param heights what is indexed, both included
 */
export function remoteSearch(
  data: SearchThreadData,
  { tx, heights, onLost }: { tx: Search["tx"]; heights(): Heights; onLost(error: Error): void },
): { readonly search: Search; close(): Promise<void> } {
  const entry = new URL("./search-worker.js", import.meta.url);
  const thread = new ReadingThread<SearchThreadMethods>(entry, { data, faults: [StorageFault], onLost });
  const gate = new Gate("searches", { running: AT_ONCE, waiting: WAITING_MAX });
  return {
    search: {
      tx,
      txs: (query, window) => gate.run(() => thread.call("txs", query, window, heights())),
      blocks: (query, window) => gate.run(() => thread.call("blocks", query, window, heights())),
    },
    close: () => thread.close("close"),
  };
}
