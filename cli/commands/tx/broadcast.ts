import { command } from "../../command.js";
import { confirm } from "../../confirm.js";
import { usage } from "../../fault.js";
import { connect } from "../../client.js";
import { must, opt } from "../../option.js";
import { readTxDocument } from "../../tx/document.js";
import { txOptions } from "../../tx/options.js";
import { printIncluded } from "../../tx/receipt.js";
import { readTx } from "../../tx/run.js";
import { hashText, rejected, waitForTx } from "../../tx/session.js";

const { wait, timeoutSeconds, broadcastMode, node, requestTimeout } = txOptions;

export default command({
  path: "tx broadcast",
  summary: "Send a signed transaction.",
  args: { file: must(opt.text("The file in JSON or base64, or - for stdin.")) },
  options: { wait, timeoutSeconds, broadcastMode, node, requestTimeout },
  example: ["tx broadcast signed.json", "tx sign unsigned.json --from alice --yes | tribd tx broadcast - --yes"],
  async run(values, world) {
    const bytes = await readTxDocument(values.file, world);
    const { signatures, signers } = readTx(bytes);
    if (signatures.length < signers.length) throw usage(`${values.file} is not signed`, "tribd tx sign signs it");
    const client = connect(values, world);
    const hash = hashText(bytes);
    await confirm(world, `Send transaction ${hash}?`);
    world.out.note(`tx ${hash}`);
    const answer =
      values.broadcastMode === "async"
        ? await client.call("broadcast_tx_async", { tx: bytes })
        : await client.broadcastTxSync(bytes);
    if (answer.code !== 0) throw rejected(answer);
    if (!values.wait || values.broadcastMode !== undefined) {
      world.out.data({ txhash: hash, code: 0 }, () => hash);
      return undefined;
    }
    return printIncluded(await waitForTx(client, hash, values.timeoutSeconds, world), world);
  },
});
