import { toBech32 } from "#proto/crypto/address.js";
import { bankSend } from "#proto/tx/build.js";
import { parseCoins } from "../../coins.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { openKeyring } from "../../keyring/open.js";
import { resolveAddress } from "../../keyring/resolve.js";
import { must, opt } from "../../option.js";
import { txOptions } from "../../tx/options.js";
import { runTx } from "../../tx/run.js";

export default command({
  path: "tx bank send",
  summary: "Send coins from one account to another.",
  args: {
    first: must(opt.text("Sender: name or address of a key; omit it with --from.", "from")),
    second: must(opt.text("Recipient: address, or name of a key.", "to")),
    third: opt.text("How much, as 12.5trib or 5utrib,7ufoo.", "amount"),
  },
  options: txOptions,
  example: [
    "tx bank send alice trib1... 12.5trib",
    "tx bank send trib1... 500utrib --from alice --note 'for the water' -o json",
  ],
  async run(values, world) {
    const words = [values.first, values.second, ...(values.third === undefined ? [] : [values.third])];
    const [amount, to, from = values.from] = [...words].reverse();
    if (to === undefined || amount === undefined || (words.length === 2) !== (values.from !== undefined)) {
      throw usage("the sender is named once: tx bank send <from> <to> <amount>, or <to> <amount> --from <key>");
    }
    const coins = parseCoins(amount, world.terms).map((coin) => ({
      denom: coin.denom,
      amount: coin.amount.toString(),
    }));
    const receiver = toBech32(world.terms.prefix, resolveAddress(to, openKeyring(values, world), world.terms));
    return await runTx(values, world, (signer) => [bankSend(signer, receiver, coins)], from);
  },
});
