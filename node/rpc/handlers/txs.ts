import { txJson, upperHex } from "#proto/rpc/json.js";
import { parseQuery } from "#proto/rpc/query-grammar.js";
import type { TxJson } from "#proto/rpc/results.js";
import type { RpcDeps } from "../deps.js";
import { accepted, badParams, missing, unavailable } from "../fault.js";
import { txAt, txByHash, type CommittedTx } from "../services/committed-tx.js";
import { WrittenText } from "../shared-text.js";
import { checkPage, descending, pageWindow } from "./heights.js";
import type { Desk, Handlers } from "./table.js";

const HASH_BYTES = 32;

export function txHandlers(
  { chain, search }: RpcDeps,
  { pages }: Pick<Desk, "pages">,
): Pick<Handlers, "tx" | "tx_search"> {
  const shown = ({ block, height, index, result }: CommittedTx, prove: boolean | undefined): TxJson =>
    txJson(block, height, index, result, prove ?? false);
  return {
    async tx({ hash, prove }) {
      if (hash.length !== HASH_BYTES) throw badParams(`hash is ${hash.length} bytes, not ${HASH_BYTES}`);
      const found = await txByHash(chain, search, hash);
      if (found === undefined) throw missing(`tx (${upperHex(hash)}) not found`);
      return shown(found, prove);
    },

    async tx_search({ query, prove, page, per_page, order_by }) {
      const window = pageWindow(page, per_page);
      const parsed = accepted(parseQuery(query));
      const found = accepted(await search.txs(parsed, { ...window, descending: descending(order_by) }));
      checkPage(window.page, window.limit, found.total);
      return pages.run(async () => {
        const written: string[] = [];
        for (const position of found.items) {
          const tx = await txAt(chain, position);
          if (tx === undefined) {
            throw unavailable(
              `block ${position.height} was pruned; narrow the query with tx.height>${position.height}`,
            );
          }
          written.push(written.length === 0 ? "" : ",", JSON.stringify(shown(tx, prove)));
        }
        return new WrittenText(['{"txs":[', ...written, `],"total_count":"${found.total}"}`]);
      });
    },
  };
}
