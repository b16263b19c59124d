import { toBech32 } from "#proto/crypto/address.js";
import { writeJsonFile } from "#node/config/json-file.js";
import { alone } from "#node/home/home-lock.js";
import { parseCoins } from "../../coins.js";
import { command } from "../../command.js";
import { refuseDevelopmentKey } from "../../dev/guard.js";
import { CliFault } from "../../fault.js";
import { balanceJson } from "../../genesis/document.js";
import { readGenesis } from "../../genesis/file.js";
import { keyringOptions, openKeyring } from "../../keyring/open.js";
import { resolveAddress } from "../../keyring/resolve.js";
import { must, opt } from "../../option.js";

interface AppState {
  readonly auth: { readonly accounts: readonly { readonly address: string }[] };
  readonly bank: { readonly balances: readonly { readonly address: string }[] };
}

export default command({
  path: "genesis add-account",
  summary: "Add an account with coins to the genesis of this home.",
  args: {
    account: must(opt.text("Address, or the name of a key.")),
    coins: must(opt.text("Coins, as 1000trib or 5utrib,7ufoo.")),
  },
  options: keyringOptions,
  example: ["genesis add-account alice 1000trib", "genesis add-account trib1... 250000000utrib"],
  async run(values, world) {
    const { home, terms } = world;
    const { document, chainId } = readGenesis(home.genesis);
    const address = resolveAddress(values.account, openKeyring(values, world), terms);
    refuseDevelopmentKey(address, chainId);
    const state = document.app_state as unknown as AppState;
    const text = toBech32(terms.prefix, address);
    if (state.bank.balances.some((row) => row.address === text)) {
      throw new CliFault("account_exists", `${text} has coins in the genesis already`, {
        fix: `edit app_state.bank.balances in ${home.genesis}`,
      });
    }
    const coins = parseCoins(values.coins, terms);
    const appState = {
      ...document.app_state,
      auth: { ...state.auth, accounts: [...state.auth.accounts, { address: text }] },
      bank: { ...state.bank, balances: [...state.bank.balances, balanceJson({ address, coins }, terms)] },
    };
    await alone(home, () => writeJsonFile(home.genesis, { ...document, app_state: appState }));
    world.out.data({ address: text, coins: coins.map(({ denom, amount }) => `${amount}${denom}`).join(",") });
  },
});
