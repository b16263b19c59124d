/** Words and flags of other chains of this kind, with the words to use here, or a sentence. */
export type Habit = { readonly means: string } | { readonly says: string };

const means = (words: string): Habit => ({ means: words });
const says = (sentence: string): Habit => ({ says: sentence });

const inactive = (module: string): Readonly<Record<string, Habit>> => {
  const habit = says(`the module ${module} is not active in this version`);
  return { [`tx ${module}`]: habit, [`query ${module}`]: habit };
};

const noGentx = says(
  "tribd init puts the validator of its home into the genesis; tribd genesis add-validator adds the others to one file, which all copy",
);
const settingOf = (file: string): Readonly<Record<string, Habit>> => ({
  [`config get ${file}`]: means("config get"),
  [`config set ${file}`]: means("config set"),
});
const noGrpc = says(
  "there is no gRPC server: REST (--api.enable, --api.address) and RPC (--rpc.laddr) serve all queries",
);
const validatorFile = says("the fields are in a JSON file: tribd tx staking create-validator --help shows one");

/** The habit of exactly these words, or of this flag behind them. */
export function habitOf(typed: string): Habit | undefined {
  return Object.hasOwn(habits, typed) ? habits[typed] : undefined;
}

/**
 * What operators of Cosmos chains type by habit: words after `tribd`, and flags after the words of their command. The
 * words on the left are looked up as a line is read, from its first word on, after each word has been replaced.
 */
export const habits: Readonly<Record<string, Habit>> = {
  q: means("query"),
  tendermint: means("comet"),
  cometbft: means("comet"),
  "add-genesis-account": means("genesis add-account"),
  "genesis add-genesis-account": means("genesis add-account"),
  "validate-genesis": means("genesis validate"),
  "genesis validate-genesis": means("genesis validate"),
  gentx: noGentx,
  "genesis gentx": noGentx,
  "collect-gentxs": noGentx,
  "genesis collect-gentxs": noGentx,
  "genesis migrate": says("a genesis of this version needs no migration: tribd genesis validate checks it"),
  rollback: says(
    "committed blocks are final; to restore a node, run tribd comet unsafe-reset-all, then tribd snapshots restore",
  ),
  prune: says("a running node prunes by itself: tribd config set pruning <how>, and min-retain-blocks for blocks"),
  "unsafe-reset-all": means("comet unsafe-reset-all"),
  "comet reset-state": means("comet unsafe-reset-all"),
  "comet version": means("version"),
  "show-node-id": means("comet show-node-id"),
  "show-validator": means("comet show-validator"),
  "testnet start": says(
    "tribd dev runs a chain of one validator; tribd testnet init-files writes the homes of several, and tribd start runs each",
  ),
  ...settingOf("client"),
  ...settingOf("app"),
  ...settingOf("config"),
  "query account": means("query auth account"),
  "query bank total": means("query bank supply"),
  "query bank total-supply": means("query bank supply"),
  "query tendermint-validator-set": means("query comet-validator-set"),
  "query txs --events": says(`--query takes its place: --query "message.sender='trib1...'"`),
  "start --p2p.seeds": says("this version has no seed nodes: --p2p.persistent_peers names the peers to dial"),
  "start --grpc.enable": noGrpc,
  "start --grpc.address": noGrpc,
  "start --grpc-web.enable": noGrpc,
  "tx staking create-validator --amount": validatorFile,
  "tx staking create-validator --pubkey": validatorFile,
  "tx staking create-validator --moniker": validatorFile,
  "tx staking create-validator --commission-rate": validatorFile,
  "init --overwrite": says("tribd overwrites no key: choose another --home, or move the old one away"),
  ...inactive("authz"),
  ...inactive("distribution"),
  ...inactive("feegrant"),
  ...inactive("gov"),
  ...inactive("group"),
  ...inactive("ibc"),
  ...inactive("ibc-transfer"),
  ...inactive("mint"),
  ...inactive("upgrade"),
  ...inactive("vesting"),
  ...inactive("wasm"),
};
