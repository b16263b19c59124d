import { toBase64 } from "#proto/base64.js";
import { command } from "../../command.js";
import { must, opt } from "../../option.js";
import { readTxDocument } from "../../tx/document.js";
import { readTx } from "../../tx/run.js";

export default command({
  path: "tx encode",
  summary: "Encode a transaction's JSON as base64, for broadcast_tx_sync.",
  args: { file: must(opt.text("The file, or - for stdin.")) },
  example: ["tx encode signed.json"],
  async run({ file }, world) {
    const { bytes } = readTx(await readTxDocument(file, world));
    world.out.line(toBase64(bytes));
  },
});
