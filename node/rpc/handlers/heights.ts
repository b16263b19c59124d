import { present } from "#proto/assert.js";
import type { Header } from "#proto/types/block.js";
import type { RpcChain, StoredBlock } from "../deps.js";
import { badParams, missing, unavailable } from "../fault.js";

/** The height that was asked for; absent and 0 mean the latest. Sentences as CometBFT's. @throws RpcFault */
export function heightOf(chain: RpcChain, asked: bigint | undefined): bigint {
  const latest = chain.latestHeight();
  const height = asked === undefined || asked === 0n ? latest : asked;
  if (height > latest) {
    throw missing(`height ${height} must be less than or equal to the current blockchain height ${latest}`);
  }
  const earliest = chain.earliestHeight();
  if (height < earliest) throw missing(`height ${height} is not available, lowest height is ${earliest}`);
  if (height === 0n) throw missing("the chain has no block yet");
  return height;
}

export async function storedBlock(chain: RpcChain, height: bigint): Promise<StoredBlock> {
  return kept(await chain.block(height), "block", height);
}

/** A value that a height in range should have; it can be pruned between two reads. */
export function kept<T>(value: T | undefined, what: string, height: bigint): T {
  if (value === undefined) throw missing(`${what} of height ${height} is not available`);
  return value;
}

/** A stored block was checked before it was stored: its header is there. */
export const headerOf = ({ block }: Pick<StoredBlock, "block">): Header =>
  present(block.header, "a stored block has a header");

const PER_PAGE = 30;
const PER_PAGE_MAX = 100;

/** CometBFT's pages: 30 entries unless told, at most 100; a page beyond the last is an error. @throws RpcFault */
export function pageWindow(
  page: number | undefined,
  perPage: number | undefined,
): { skip: number; limit: number; page: number } {
  const limit = perPage === undefined || perPage === 0 ? PER_PAGE : Math.min(perPage, PER_PAGE_MAX);
  const at = page ?? 1;
  if (at === 0) throw badParams("page starts at 1");
  return { skip: (at - 1) * limit, limit, page: at };
}

export function checkPage(page: number, limit: number, total: number): void {
  const pages = Math.max(1, Math.ceil(total / limit));
  if (page > pages) throw unavailable(`page should be within [1, ${pages}] range, given ${page}`);
}

/** True for newest first. @throws RpcFault */
export function descending(orderBy: string | undefined): boolean {
  if (orderBy === undefined || orderBy === "" || orderBy === "asc") return false;
  if (orderBy === "desc") return true;
  throw badParams("order_by is asc or desc");
}
