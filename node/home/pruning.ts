import type { ChainPort } from "../chain/types.js";
import type { Clock, Log } from "../drive/deps.js";
import type { BlockReader } from "../storage/types.js";

export interface PruningDeps {
  readonly chain: ChainPort;
  readonly blocks: BlockReader;
  /** The search index, which reads a height's block to find its entries: it forgets before the block goes. */
  readonly index: { forget(height: bigint): Promise<void> };
  readonly clock: Clock;
  readonly log: Log;
  /** Blocks of this many heights are kept; 0n keeps all. */
  readonly blockHeights: bigint;
}

const EVERY_MS = 10_000;
/** Blocks of one round; more than come in between, so that a shorter retention takes effect bit by bit. */
const HEIGHTS_A_ROUND = 500n;

/** Deletes data beyond the retention in small rounds, one after the other. `cancel` resolves when the last one has ended. */
export function startPruning(deps: PruningDeps): { cancel(): Promise<void> } {
  const { clock, log } = deps;
  let running = Promise.resolve();
  let timer = clock.after(EVERY_MS, next);
  let cancelled = false;
  function next(): void {
    running = round(deps)
      .catch((error: unknown) => log.warn("pruning failed; it will be retried", { error: String(error) }))
      .then(() => {
        if (!cancelled) timer = clock.after(EVERY_MS, next);
      });
  }
  return {
    async cancel() {
      cancelled = true;
      timer.cancel();
      await running;
    },
  };
}

async function round({ chain, blocks, index, blockHeights }: PruningDeps): Promise<void> {
  const first = blocks.firstBlock;
  const head = blocks.head?.height ?? 0n;
  const kept = blockHeights === 0n ? first : head - blockHeights + 1n;
  const below = kept > first + HEIGHTS_A_ROUND ? first + HEIGHTS_A_ROUND : kept;
  for (let height = first; height < below; height++) await index.forget(height);
  await chain.prune(below > first ? below : first);
}
