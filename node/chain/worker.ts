import "../runtime/entry.js";
import { parentPort, workerData } from "node:worker_threads";
import { assert, present } from "#proto/assert.js";
import { backend, setBackend } from "#proto/crypto/backend.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis } from "#proto/types/genesis.js";
import type { Base } from "#state/store/base.js";
import { fingerprintsOf } from "./fingerprints.js";
import { remembering } from "../runtime/remembering.js";
import { serveCalls } from "../runtime/thread.js";
import { openChainStore } from "../storage/chain-store.js";
import { openLevel } from "../storage/database/level.js";
import { Chain } from "./chain.js";
import type { ChainThreadData, ChainThreadMethods } from "./threads.js";

/** The thread in which the chain executes, hashes and writes: the only writer of its database. */
const { directory, retention, genesis: document, gasPriceMin, signaturesKept } = workerData as ChainThreadData;
setBackend(remembering(backend(), signaturesKept));
const port = present(parentPort, "this file is a thread's entry");

async function open() {
  const genesis = parseGenesis(document);
  assert(!isRejection(genesis), "the node has checked its genesis");
  const db = await openLevel(directory);
  try {
    const store = await openChainStore(db, retention);
    const fingerprints = (base: Base) => fingerprintsOf(base);
    return { store, chain: await Chain.open(store, genesis, { gasPriceMin, fingerprints }) };
  } catch (error) {
    await db.close();
    throw error;
  }
}

const opened = open();
opened.catch(() => undefined); // Each call rejects with it.
const chain = async (): Promise<Chain> => (await opened).chain;

serveCalls<ChainThreadMethods>(port, {
  open: async () => void (await opened),
  tip: async () => (await chain()).tip(),
  build: async (request) => (await chain()).build(request),
  process: async (block) => (await chain()).process(block),
  commit: async (block, certificate) => (await chain()).commit(block, certificate),
  check: async (txs) => (await chain()).check(txs),
  judgeTx: async (tx) => (await chain()).judgeTx(tx),
  judgeEvidence: async (pieces) => (await chain()).judgeEvidence(pieces),
  recheck: async (txs) => (await chain()).recheck(txs),
  prune: async (blocksBelow) => (await chain()).prune(blocksBelow),
  async close() {
    const { store } = await opened;
    await store.close();
    port.unref(); // The answer goes out; then nothing keeps this thread.
  },
});
