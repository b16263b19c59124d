import type { Entry } from "./registry.js";

/** Every command, in the order of help. */
export const entries: readonly Entry[] = [
  { path: "init", load: async () => (await import("./commands/init.js")).init },
  {
    path: "genesis add-account",
    load: async () => (await import("./commands/genesis/add-account.js")).genesisAddAccount,
  },
  {
    path: "genesis add-validator",
    load: async () => (await import("./commands/genesis/add-validator.js")).genesisAddValidator,
  },
  { path: "genesis validate", load: async () => (await import("./commands/genesis/validate.js")).genesisValidate },
  { path: "testnet init-files", load: async () => (await import("./commands/testnet/init-files.js")).testnetInitFiles },
  { path: "keys add", load: async () => (await import("./commands/keys/add.js")).keysAdd },
  { path: "keys list", load: async () => (await import("./commands/keys/list.js")).keysList },
  { path: "keys show", load: async () => (await import("./commands/keys/show.js")).keysShow },
  { path: "keys delete", load: async () => (await import("./commands/keys/delete.js")).keysDelete },
  { path: "keys rename", load: async () => (await import("./commands/keys/rename.js")).keysRename },
  { path: "keys export", load: async () => (await import("./commands/keys/export.js")).keysExport },
  { path: "keys import", load: async () => (await import("./commands/keys/import.js")).keysImport },
  { path: "keys mnemonic", load: async () => (await import("./commands/keys/mnemonic.js")).keysMnemonic },
  { path: "keys parse", load: async () => (await import("./commands/keys/parse.js")).keysParse },
  { path: "config get", load: async () => (await import("./commands/config/get.js")).configGet },
  { path: "config set", load: async () => (await import("./commands/config/set.js")).configSet },
  { path: "config view", load: async () => (await import("./commands/config/view.js")).configView },
  { path: "config home", load: async () => (await import("./commands/config/home.js")).configHome },
  { path: "comet show-node-id", load: async () => (await import("./commands/comet/show-node-id.js")).cometShowNodeId },
  {
    path: "comet show-validator",
    load: async () => (await import("./commands/comet/show-validator.js")).cometShowValidator,
  },
  { path: "comet show-address", load: async () => (await import("./commands/comet/show-address.js")).cometShowAddress },
  {
    path: "comet unsafe-reset-all",
    load: async () => (await import("./commands/comet/unsafe-reset-all.js")).cometUnsafeResetAll,
  },
  { path: "debug addr", load: async () => (await import("./commands/debug/addr.js")).debugAddr },
  { path: "version", load: async () => (await import("./commands/version.js")).version },
];
