import type { Bytes } from "#proto/bytes.js";
import { txHash } from "#proto/rpc/json.js";
import type { Block, Header, TxResult } from "#proto/types/block.js";
import type { RpcChain, SearchPort, TxPosition } from "../deps.js";
import { headerOf } from "../handlers/heights.js";

/** A transaction where it stands in the chain, with what it did. */
export interface CommittedTx {
  readonly tx: Bytes;
  readonly hash: Bytes;
  readonly height: bigint;
  readonly index: number;
  readonly result: TxResult;
  readonly header: Header;
  readonly block: Block;
}

/** Undefined: its block is pruned. */
export async function txAt(chain: RpcChain, { height, index }: TxPosition): Promise<CommittedTx | undefined> {
  const stored = await chain.block(height);
  const result = (await chain.results(height))?.txResults[index];
  const tx = stored?.block.txs[index];
  if (stored === undefined || result === undefined || tx === undefined) return undefined;
  return { tx, hash: txHash(tx), height, index, result, header: headerOf(stored), block: stored.block };
}

export async function txByHash(chain: RpcChain, search: SearchPort, hash: Bytes): Promise<CommittedTx | undefined> {
  const position = await search.tx(hash);
  return position === undefined ? undefined : txAt(chain, position);
}
