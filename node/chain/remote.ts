import { Thread } from "../runtime/thread.js";
import { THREAD_FAULTS, type ChainThreadData, type ChainThreadMethods } from "./threads.js";
import type { ChainPort } from "./types.js";

export interface RemoteChain {
  readonly chain: ChainPort;
  /** Finishes what is open. */
  close(): Promise<void>;
}

/**
 * The chain in a thread of its own.
 * @param onFault a bug in that thread, with its stack, or its end: the node cannot go on
 * @throws ChainFault, StorageFault: this home cannot be continued
 */
export async function openRemoteChain(data: ChainThreadData, onFault: (error: Error) => void): Promise<RemoteChain> {
  const options = { data, faults: THREAD_FAULTS, onBug: onFault, onLost: onFault };
  const thread = new Thread<ChainThreadMethods>(new URL("./worker.js", import.meta.url), options);
  try {
    await thread.call("open");
  } catch (error) {
    await thread.end();
    throw error;
  }
  const chain: ChainPort = {
    tip: () => thread.call("tip"),
    build: (request) => thread.call("build", request),
    process: (block) => thread.call("process", block),
    commit: (block, certificate) => thread.call("commit", block, certificate),
    check: (txs) => thread.call("check", txs),
    judgeTx: (tx) => thread.call("judgeTx", tx),
    recheck: (txs) => thread.call("recheck", txs),
    judgeEvidence: (pieces) => thread.call("judgeEvidence", pieces),
    prune: (blocksBelow) => thread.call("prune", blocksBelow),
  };
  return { chain, close: () => thread.close("close") };
}
