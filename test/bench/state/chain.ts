import { u64be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { openLevel } from "#node/storage/database/level.js";
import type { ChainStore, Retention } from "#node/storage/types.js";
import type { Write } from "#state/store/base.js";

/** The defaults: all that is kept for queries and proofs. */
export const KEPT: Retention = { stateHeights: 100_000n, proofHeights: 1_000n, blockHeights: 0n };
/** `pruning = "everything"`. */
export const PRUNED: Retention = { stateHeights: 2n, proofHeights: 2n, blockHeights: 0n };

export const NO_BYTES = new Uint8Array(1);

export const openChain = async (directory: string, retention: Retention): Promise<ChainStore> =>
  openChainStore(await openLevel(directory), retention);

/** What else a height holds. */
export interface Decided {
  readonly block: Bytes;
  readonly certificate: Bytes;
}
const NOTHING_DECIDED: Decided = { block: NO_BYTES, certificate: NO_BYTES };

/** Milliseconds that the commit of the next height took. */
export async function commit(
  store: ChainStore,
  writes: readonly Write[],
  { block, certificate }: Decided = NOTHING_DECIDED,
): Promise<number> {
  const height = store.head!.height + 1n;
  const blockHash = headerHashOf(sha256(u64be(height)));
  const begin = performance.now();
  await store.commitHeight({ height, blockHash, block, certificate, results: NO_BYTES, writes });
  return performance.now() - begin;
}
