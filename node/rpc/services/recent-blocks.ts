import { BoundedMap } from "#proto/bounded.js";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { BlockResults } from "#proto/types/block.js";
import type { RpcChain, StoredBlock } from "../deps.js";

/** Heights whose block and results stay decoded: wallets poll the latest, and `status` asks for the first as well. */
const KEPT = 8;

/** The same chain, without decoding and hashing a block for each question about it: what is committed never changes. */
export function withRecentBlocks(chain: RpcChain): RpcChain {
  const block = remembered<StoredBlock>((height) => chain.block(height));
  const results = remembered<BlockResults>((height) => chain.results(height));
  return { ...chain, block, results };
}

type Read<T> = (height: bigint) => T | undefined | Promise<T | undefined>;

/**
 * Reading and decoding a block of the largest size takes tens of milliseconds: before each the event loop has its turn.
 * The last used heights; absence is not remembered, as a height may come later.
 */
function remembered<T>(read: Read<T>): Read<T> {
  const known = new BoundedMap<bigint, T>(KEPT);
  return async (height) => {
    const value = known.get(height) ?? (await nextTurn().then(() => read(height)));
    if (value === undefined) return undefined;
    known.set(height, value);
    return value;
  };
}
