import type { ClientTx } from "#proto/client/index.js";
import type { BlockMetaJson } from "#proto/rpc/results.js";
import { node } from "./node.js";

/** What several pages read of blocks and transactions. */
export interface BlockRow {
  readonly height: bigint;
  readonly hash: string;
  readonly time: string;
  readonly txs: number;
  readonly bytes: number;
  readonly proposer: string;
}

/** A node gives at most twenty at once. */
const METAS = 20;

/** Blocks from a height downwards. @param from the latest by default @param count at most 20 */
export async function readBlocks(from: bigint | undefined, count = METAS): Promise<BlockRow[]> {
  const range =
    from === undefined ? {} : { maxHeight: from, minHeight: from >= BigInt(count) ? from - BigInt(count) + 1n : 1n };
  const { block_metas } = await node.call("blockchain", range);
  return block_metas.slice(0, count).map(rowOf);
}

function rowOf({ block_id, header, num_txs, block_size }: BlockMetaJson): BlockRow {
  return {
    height: BigInt(header.height),
    hash: block_id.hash,
    time: header.time,
    txs: Number(num_txs),
    bytes: Number(block_size),
    proposer: header.proposer_address,
  };
}

export interface FoundTxs {
  readonly txs: readonly ClientTx[];
  /** The lowest height that was looked at. */
  readonly from: bigint;
}

/**
 * Blocks that one search looks through: a search counts all that it finds, so that it must not be wider than a page needs. Of
 * an empty stretch the next wider one is asked, up to what the node allows.
 */
const WINDOWS = [50n, 1_000n, 20_000n];

/** The newest transactions at or below a height. @param below the latest by default */
export async function readLatestTxs(count: number, below?: bigint): Promise<FoundTxs> {
  const top = below ?? (await node.status()).height;
  let found: FoundTxs = { txs: [], from: top };
  for (const width of WINDOWS) {
    const from = top > width ? top - width : 0n;
    const query = `tx.height>${from} AND tx.height<=${top}`;
    found = { txs: (await node.txSearch(query, { perPage: count, order: "desc" })).txs, from };
    if (found.txs.length >= count || from === 0n) break;
  }
  return found;
}
