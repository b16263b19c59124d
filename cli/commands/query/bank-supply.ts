import { QueryTotalSupplyRequest, QueryTotalSupplyResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { cosmosQuery, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { opt } from "../../option.js";

export default command({
  path: "query bank supply",
  summary: "Show the total supply of each coin.",
  options: { height: opt.u64("Height of the state to read (default: the latest)."), ...nodeOptions },
  example: ["query bank supply", "query bank supply -o json"],
  async run(values, world) {
    const request = QueryTotalSupplyRequest.encode(QueryTotalSupplyRequest.fromPartial({})).finish();
    const answer = await cosmosQuery(values, world, "bank/TotalSupply", QueryTotalSupplyResponse, request);
    const supply = answer.supply.map(({ denom, amount }) => ({ denom, amount }));
    world.out.data({ supply }, () => supply.map(({ denom, amount }) => `${amount}${denom}`).join("\n"));
  },
});
