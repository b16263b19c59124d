import { toBase64 } from "#proto/base64.js";
import type { Bytes } from "#proto/bytes.js";
import { blockJson } from "#proto/rpc/block-json.js";
import { blockIdJson, blockMetaJson, blockResultsJson, commitJson, headerJson } from "#proto/rpc/json.js";
import { parseQuery } from "#proto/rpc/query-grammar.js";
import type { BlockMetaJson, BlockResult } from "#proto/rpc/results.js";
import { blockCodec, blockResultsCodec, certificateCodec, headerCodec } from "#proto/types/block.js";
import { toMessage, validatorSetCodec } from "#proto/types/validators.js";
import type { RpcChain, RpcDeps, StoredBlock } from "../deps.js";
import { accepted, unavailable } from "../fault.js";
import { checkPage, descending, headerOf, heightOf, kept, pageWindow, storedBlock } from "./heights.js";
import type { Desk, Handlers } from "./table.js";

type Blocks =
  | "blockchain"
  | "block"
  | "block_by_hash"
  | "block_results"
  | "block_search"
  | "header"
  | "header_by_hash"
  | "commit"
  | "light_block"
  | "raw_block";

const METAS_MAX = 20n;

/** A block as clients see it; the previous height lends its set and time to the commit inside. */
export async function blockResult(chain: RpcChain, stored: StoredBlock): Promise<BlockResult> {
  const header = headerOf(stored);
  const previous = header.height - 1n;
  const before = stored.block.lastCertificate === undefined ? undefined : await chain.block(previous);
  const set = before === undefined ? undefined : await chain.validators(previous);
  const lastTime = before === undefined ? header.time : headerOf(before).time;
  return { block_id: blockIdJson(stored.id), block: blockJson(stored.block, header, set, lastTime) };
}

export function blockHandlers({ chain, search }: RpcDeps, { pages }: Pick<Desk, "pages">): Pick<Handlers, Blocks> {
  const byHash = async (hash: Bytes): Promise<StoredBlock | undefined> => {
    const height = await chain.heightOf(hash);
    return height === undefined ? undefined : chain.block(height);
  };
  return {
    async blockchain({ minHeight, maxHeight }) {
      const latest = chain.latestHeight();
      const from = max(minHeight ?? 0n, chain.earliestHeight(), 1n);
      const to = maxHeight === undefined || maxHeight === 0n || maxHeight > latest ? latest : maxHeight;
      if (from > to) throw unavailable(`min height ${from} can't be greater than max height ${to}`);
      const metas = await pages.run(async () => {
        const read: BlockMetaJson[] = [];
        for (let height = to; height >= from && height > to - METAS_MAX; height--) {
          const stored = await storedBlock(chain, height);
          read.push(blockMetaJson(stored.block, headerOf(stored), stored.id, stored.bytes));
        }
        return read;
      });
      return { last_height: String(latest), block_metas: metas };
    },

    block: async ({ height }) => blockResult(chain, await storedBlock(chain, heightOf(chain, height))),

    async block_by_hash({ hash }) {
      const stored = await byHash(hash);
      return stored === undefined ? { block_id: blockIdJson(undefined), block: null } : blockResult(chain, stored);
    },

    async block_results({ height }) {
      const at = heightOf(chain, height);
      return blockResultsJson(kept(await chain.results(at), "results", at));
    },

    header: async ({ height }) => ({ header: headerJson(headerOf(await storedBlock(chain, heightOf(chain, height)))) }),

    async header_by_hash({ hash }) {
      const stored = await byHash(hash);
      return { header: stored === undefined ? null : headerJson(headerOf(stored)) };
    },

    async commit({ height }) {
      const at = heightOf(chain, height);
      const header = headerOf(await storedBlock(chain, at));
      const certificate = kept(await chain.certificate(at), "commit", at);
      const commit = commitJson(certificate, await chain.validators(at), header.time);
      // Canonical is what the next block carries; of the latest height each node may hold another quorum.
      return { signed_header: { header: headerJson(header), commit }, canonical: at < chain.latestHeight() };
    },

    async light_block({ height }) {
      const at = heightOf(chain, height);
      const validators = kept(await chain.validators(at), "validators", at);
      return {
        height: String(at),
        header: toBase64(headerCodec.encode(headerOf(await storedBlock(chain, at)))),
        certificate: toBase64(certificateCodec.encode(kept(await chain.certificate(at), "commit", at))),
        validators: toBase64(validatorSetCodec.encode(toMessage(validators))),
      };
    },

    async raw_block({ height }) {
      const at = heightOf(chain, height);
      return {
        height: String(at),
        block: toBase64(blockCodec.encode((await storedBlock(chain, at)).block)),
        certificate: toBase64(certificateCodec.encode(kept(await chain.certificate(at), "commit", at))),
        results: toBase64(blockResultsCodec.encode(kept(await chain.results(at), "results", at))),
      };
    },

    async block_search({ query, page, per_page, order_by }) {
      const window = pageWindow(page, per_page);
      const parsed = accepted(parseQuery(query));
      const found = accepted(await search.blocks(parsed, { ...window, descending: descending(order_by) }));
      checkPage(window.page, window.limit, found.total);
      const blocks = await pages.run(async () => {
        const read: BlockResult[] = [];
        for (const height of found.items) read.push(await blockResult(chain, await storedBlock(chain, height)));
        return read;
      });
      return { blocks, total_count: String(found.total) };
    },
  };
}

function max(...values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a > b ? a : b));
}
