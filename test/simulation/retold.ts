import { present } from "#proto/assert.js";
import { toHex } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifyCertificate } from "#proto/light/certificate.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { blockKey } from "#proto/types/block-id.js";
import { certificateCodec } from "#proto/types/block.js";
import type { Genesis } from "#proto/types/genesis.js";
import { fromMessage } from "#proto/types/validators.js";
import { Chain, type ChainOptions } from "#node/chain/chain.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import type { ChainStore } from "#node/storage/types.js";
import type { Decision } from "./checks.js";

/**
 * Tells the chain of one disk to a machine that was not there: from genesis, block by block, each certificate verified,
 * each block judged and executed anew.
 * @param decidedAt what the run saw decided; undefined for a height that no honest machine called committed
 * @returns the first thing that is wrong
 */
export async function retold(
  genesis: Genesis,
  options: ChainOptions,
  told: ChainStore,
  decidedAt: (height: bigint) => Decision | undefined,
): Promise<string | undefined> {
  const store = await openChainStore(new MemoryDisk().open());
  const chain = await Chain.open(store, genesis, options);
  const last = told.head?.height ?? 0n;
  for (let height = told.initialHeight; height <= last; height++) {
    const block = present(told.block(height), "a height below the head has a block");
    const bytes = present(told.certificate(height), "a height below the head has a certificate");
    const certificate = certificateCodec.decode(bytes);
    const set = fromMessage((await chain.tip()).validators);
    if (isRejection(certificate) || isRejection(set)) return `height ${height}: an unreadable certificate or set`;
    const verdict = await chain.process(block);
    if (!verdict.valid || verdict.blockId === undefined) return `height ${height} is invalid: ${verdict.reason}`;
    const { chainId } = genesis;
    const refused = verifyCertificate(chainId, set, certificate, { height, blockId: verdict.blockId });
    if (refused !== undefined) return `height ${height}: ${rejectionText(refused)}`;
    const { tip } = await chain.commit(block, bytes);
    // A height of which power went everywhere before an honest machine said so: the next one names it.
    const decided = decidedAt(height);
    if (decided === undefined) continue;
    const now: Decision = {
      block: blockKey(verdict.blockId),
      stateRoot: toHex(tip.stateRoot),
      results: toHex(sha256(present(store.results(height), "a committed height has results"))),
    };
    for (const key of ["block", "stateRoot", "results"] as const) {
      if (decided[key] !== now[key]) return `height ${height}: ${key} is ${now[key]}, decided was ${decided[key]}`;
    }
  }
  return undefined;
}
