import type { PlainMethod } from "#proto/rpc/routes.js";

/** What the page calls. All of them read; none of them changes the node or the chain. */
export const pageMethods = [
  "status",
  "net_info",
  "genesis",
  "blockchain",
  "block",
  "block_by_hash",
  "block_results",
  "commit",
  "validators",
  "consensus_params",
  "dump_consensus_state",
  "num_unconfirmed_txs",
  "tx",
  "tx_search",
  "block_search",
  "abci_query",
  "light_block",
] as const satisfies readonly PlainMethod[];
