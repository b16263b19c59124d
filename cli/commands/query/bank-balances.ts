import { QueryAllBalancesRequest, QueryAllBalancesResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { present } from "#proto/assert.js";
import { parseAmount } from "#proto/amount.js";
import { cosmosQuery, nodeOptions } from "../../client.js";
import { formatCoin } from "../../coins.js";
import { command } from "../../command.js";
import { keyringOptions } from "../../keyring/open.js";
import { opt } from "../../option.js";
import { accountArgument, accountText } from "./account-argument.js";

export default command({
  path: "query bank balances",
  summary: "Show the balances of an account.",
  args: { account: accountArgument },
  options: {
    denom: opt.text("Only this denomination.", "denom"),
    height: opt.u64("Height of the state to read (default: the latest)."),
    ...keyringOptions,
    ...nodeOptions,
  },
  example: ["query bank balances alice", "q bank balances trib1... -o json | jq -r '.balances[0].amount'"],
  async run(values, world) {
    const address = accountText(values.account, values, world);
    const request = QueryAllBalancesRequest.encode(QueryAllBalancesRequest.fromPartial({ address })).finish();
    const answer = await cosmosQuery(values, world, "bank/AllBalances", QueryAllBalancesResponse, request);
    const all = answer.balances;
    const balances = values.denom === undefined ? all : all.filter((coin) => coin.denom === values.denom);
    world.out.data(
      {
        balances: balances.map(({ denom, amount }) => ({ denom, amount })),
        pagination: { next_key: null, total: String(balances.length) },
      },
      () =>
        balances.length === 0
          ? "nothing"
          : balances
              .map(({ denom, amount }) => {
                const shown = formatCoin(
                  { denom, amount: present(parseAmount(amount), "the node sends amounts") },
                  world.terms,
                );
                return shown === `${amount}${denom}` ? shown : `${shown} (${amount}${denom})`;
              })
              .join("\n"),
    );
  },
});
