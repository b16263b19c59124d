import type { IndexWork } from "../indexer/deps.js";
import { FRUGAL, Thread } from "../runtime/thread.js";
import { StorageFault } from "../storage/fault.js";

/** Start data of the index thread. */
export interface IndexThreadData {
  readonly chainDirectory: string;
  readonly indexDirectory: string;
}

export interface IndexThreadMethods extends IndexWork {
  /** Finishes what is open and ends the thread. */
  close(): Promise<void>;
}

/**
 * Writes the search index in a thread of its own: what a full block puts there is no work of the thread that votes.
 * @param onFault a bug in that thread, with its stack, or its end: the node cannot go on
 */
export function remoteIndex(
  data: IndexThreadData,
  onFault: (error: Error) => void,
): { readonly work: IndexWork; close(): Promise<void> } {
  const options = { data, memory: FRUGAL, faults: [StorageFault], onBug: onFault, onLost: onFault };
  const thread = new Thread<IndexThreadMethods>(new URL("./index-worker.js", import.meta.url), options);
  return {
    work: {
      add: (height) => thread.call("add", height),
      remove: (height) => thread.call("remove", height),
      erase: () => thread.call("erase"),
    },
    close: () => thread.close("close"),
  };
}
