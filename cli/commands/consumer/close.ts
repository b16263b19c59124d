import { channelStatus } from "#proto/client/consumer/index.js";
import { ownAny } from "#proto/tx/build.js";
import { command } from "../../command.js";
import { toldAt, withBooks } from "../../consumer/access-book.js";
import { notFound, usage } from "../../fault.js";
import { opt } from "../../option.js";
import { txOptions } from "../../tx/options.js";
import { runTx } from "../../tx/run.js";
import { listenOption } from "./status.js";

export default command({
  path: "consumer close",
  summary: "Close the channels of the book, or one: after the grace the rest of each deposit can be withdrawn.",
  details:
    "The program has to be stopped. What was verified is signed for already; the provider redeems it within the grace. The\n" +
    "program withdraws the rest when it runs after the grace; tribd tx usage withdraw does so without it.",
  args: { channel: opt.u64("One channel, as tribd consumer status shows it.") },
  options: { ...listenOption, ...txOptions },
  example: ["consumer close --from grace", "consumer close 1 --from grace"],
  async run({ channel, ...values }, world) {
    if ((await toldAt(values.listen, "/v1/models", world)) !== undefined) {
      throw usage(`the program at ${values.listen} uses its channels`, "stop it first");
    }
    const heads = await withBooks(world, async (books) => await books.heads());
    const own = heads.map(({ terms }) => terms.channelId).filter((id) => channel === undefined || id === channel);
    const fix = "tribd consumer status lists its channels";
    if (own.length === 0) {
      throw notFound(`${channel === undefined ? "no channel" : `channel ${channel}`} is in the book`, fix);
    }
    return await runTx(values, world, async (signer, { node }) => {
      const open: bigint[] = [];
      for (const channelId of own) {
        const found = await node.query("tributary.usage.v1.Query/Channel", { channelId });
        if (found.channel?.status === channelStatus.open) open.push(channelId);
      }
      if (open.length === 0) throw notFound("no channel of the book is open on the chain", fix);
      return open.map((channelId) => ownAny("tributary.usage.v1.MsgCloseChannel", { signer, channelId }));
    });
  },
});
