import { fromBech32, toBech32 } from "#proto/crypto/address.js";
import { unjail } from "#proto/tx/slashing.js";
import { command } from "../../command.js";
import { txOptions } from "../../tx/options.js";
import { runTx } from "../../tx/run.js";

export default command({
  path: "tx slashing unjail",
  summary: "Unjail your validator when its jail time is over.",
  details: "A tombstoned validator can never be unjailed: its key has signed two blocks of one height.",
  args: {},
  options: txOptions,
  example: ["tx slashing unjail --from alice"],
  run: (values, world) =>
    runTx(values, world, (signer) => {
      const { prefix } = world.terms;
      return [unjail(toBech32(`${prefix}valoper`, fromBech32(prefix, signer)!))];
    }),
});
