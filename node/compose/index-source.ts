import { RESULTS_BYTES_MAX } from "#proto/limits.js";
import { isRejection } from "#proto/rejection.js";
import { blockCodec, blockResultsCodec } from "#proto/types/block.js";
import type { IndexSource } from "../indexer/deps.js";
import type { BlockReader } from "../storage/types.js";

/** Committed blocks in the form that the search index reads. */
export function indexSource(blocks: BlockReader): IndexSource {
  return {
    txs(height) {
      const bytes = blocks.block(height);
      const block = bytes === undefined ? undefined : blockCodec.decode(bytes);
      return block === undefined || isRejection(block) ? undefined : block.txs;
    },
    results(height) {
      const bytes = blocks.results(height);
      const results = bytes === undefined ? undefined : blockResultsCodec.decode(bytes, RESULTS_BYTES_MAX);
      return results === undefined || isRejection(results) ? undefined : results;
    },
  };
}
