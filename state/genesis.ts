import { genesisErrors, type Genesis } from "#proto/types/genesis.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { addressText, parseChainConfig } from "./modules/chain/index.js";
import { modules } from "./registry.js";
import type { Write } from "./store/base.js";
import { MemoryBase } from "./store/memory.js";
import { View } from "./store/view.js";

/**
 * The state before the first block: every module reads its part of app_state, in registry order. Rejects with
 * genesis/invalid: an unknown module, an invalid field, or a broken invariant.
 */
export function genesisWrites(genesis: Genesis): readonly Write[] | Rejection {
  const config = parseChainConfig(genesis.appState["chain"]);
  if (isRejection(config)) return config;
  for (const name of Object.keys(genesis.appState)) {
    if (!modules.some((module) => module.name === name)) {
      return reject(genesisErrors.invalid, { field: `app_state.${name}`, want: "a module of this chain" });
    }
  }
  const view = new View(new MemoryBase());
  const context = { view, genesis, address: addressText(config.bech32Prefix) };
  for (const module of modules) {
    const refused = module.initGenesis(context, genesis.appState[module.name]);
    if (refused !== undefined) return refused;
  }
  for (const module of modules) {
    for (const [name, holds] of Object.entries(module.invariants)) {
      const broken = holds(view);
      if (broken !== undefined) {
        return reject(genesisErrors.invalid, { field: `app_state.${module.name}`, want: `${name}: ${broken}` });
      }
    }
  }
  return view.writes();
}
