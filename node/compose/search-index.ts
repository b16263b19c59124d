import { RESULTS_BYTES_MAX } from "#proto/limits.js";
import { isRejection } from "#proto/rejection.js";
import { blockCodec, blockResultsCodec } from "#proto/types/block.js";
import type { IndexMetrics } from "../indexer/deps.js";
import { openIndexer, type Indexer } from "../indexer/indexer.js";
import type { Db } from "../storage/database/db.js";
import type { BlockReader } from "../storage/types.js";
import type { Log } from "../telemetry/index.js";

/** The search index over what is committed, brought up to `height`. */
export function openSearchIndex(
  db: Db,
  blocks: BlockReader,
  height: bigint,
  log: Log,
  metrics: IndexMetrics,
): Promise<Indexer> {
  const source = {
    firstHeight: () => blocks.firstBlock,
    txs(height: bigint) {
      const bytes = blocks.block(height);
      const block = bytes === undefined ? undefined : blockCodec.decode(bytes);
      return block === undefined || isRejection(block) ? undefined : block.txs;
    },
    results(height: bigint) {
      const bytes = blocks.results(height);
      const results = bytes === undefined ? undefined : blockResultsCodec.decode(bytes, RESULTS_BYTES_MAX);
      return results === undefined || isRejection(results) ? undefined : results;
    },
  };
  return openIndexer({ db, source, log, metrics }, height);
}
