import { useNatives } from "#node/runtime/natives.js";
import { commit, NO_BYTES, openChain, PRUNED } from "./chain.js";
import { prefill } from "./content.js";

/** A process of its own: filling a database leaves memory behind that measuring must not see. */
const BATCH = 20_000;
const PRUNE_EVERY = 8;

useNatives();
const [directory = "", keys, valueBytes] = process.argv.slice(2);
const store = await openChain(directory, PRUNED);
await store.commitGenesis({ document: NO_BYTES, initialHeight: 1n, writes: [] });
let batches = 0;
for (const writes of prefill(Number(keys), BATCH, Number(valueBytes))) {
  await commit(store, writes);
  if (++batches % PRUNE_EVERY === 0) await store.prune();
}
await store.prune();
await store.close();
