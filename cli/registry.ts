import type { AnyCommand } from "./command.js";

/** A command is loaded when it runs or is described: start-up does not pay for the others. */
export interface Entry {
  readonly path: string;
  readonly load: () => Promise<AnyCommand>;
}

/** Words that mean other words: what Cosmos operators type. */
export const aliases: Readonly<Record<string, string>> = { q: "query", tendermint: "comet", cometbft: "comet" };

/** What a group of commands is for. A group exists because a command's path begins with it. */
export const groups: Readonly<Record<string, string>> = {
  comet: "What the consensus engine of this node uses: ids, keys, resets.",
  config: "Read and change the settings of this home.",
  datanet: "Contribute files to a datanet.",
  debug: "Convert addresses, keys and transactions.",
  genesis: "Prepare and check genesis.json.",
  keys: "Keep the keys that sign transactions.",
  query: "Ask a node (alias q).",
  "query attribution": "Batches, samples and credits.",
  "query auth": "Accounts.",
  "query bank": "Balances and supply.",
  "query datanet": "Datanets, contributions and releases.",
  "query model": "Models, versions and lineage.",
  "query payout": "What is pending, paid and why.",
  "query slashing": "Who is jailed or tombstoned, and what it costs.",
  "query staking": "Validators and what is bonded.",
  "query usage": "Channels, vouchers and batches.",
  signer: "Keep the consensus key in a process of its own.",
  snapshots: "Make, carry and restore snapshots of the state.",
  testnet: "Networks for development.",
  tx: "Build, sign and send transactions.",
  "tx attribution": "Open and settle batches.",
  "tx bank": "Move coins.",
  "tx datanet": "Datanets: create, contribute, review, release.",
  "tx model": "Models and their versions.",
  "tx payout": "Payouts and key changes.",
  "tx slashing": "Come back from jail.",
  "tx staking": "Bond coins and run a validator.",
  "tx usage": "Channels and vouchers.",
  verify: "Check the chain's results without trusting a node.",
};
