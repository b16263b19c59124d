import { ownAny } from "#proto/tx/build.js";
import { command } from "../../command.js";
import { toldAt, withBooks } from "../../consumer/access-book.js";
import { notFound, usage } from "../../fault.js";
import { must, opt } from "../../option.js";
import { txOptions } from "../../tx/options.js";
import { runTx } from "../../tx/run.js";
import { listenOption } from "./status.js";

export default command({
  path: "consumer close",
  summary: "Close a channel of the book: after the grace the rest of its deposit can be withdrawn.",
  details:
    "The program has to be stopped. What was verified is signed for already; the provider redeems it within the grace. The\n" +
    "program withdraws the rest when it runs after the grace; tribd tx usage withdraw does so without it.",
  args: { channel: must(opt.u64("The channel, as tribd consumer status shows it.")) },
  options: { ...listenOption, ...txOptions },
  example: ["consumer close 1 --from grace"],
  async run({ channel, ...values }, world) {
    if ((await toldAt(values.listen, "/v1/models", world)) !== undefined) {
      throw usage(`the program at ${values.listen} uses the channel`, "stop it first");
    }
    const heads = await withBooks(world, async (books) => await books.heads());
    if (!heads.some(({ terms }) => terms.channelId === channel)) {
      throw notFound(`channel ${channel} is not in the book`, "tribd consumer status lists its channels");
    }
    return await runTx(values, world, (signer) => [
      ownAny("tributary.usage.v1.MsgCloseChannel", { signer, channelId: channel }),
    ]);
  },
});
