import { assembleTx } from "#proto/tx/build.js";
import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { must, opt } from "../../option.js";
import { readTxDocument } from "../../tx/document.js";
import { readTx } from "../../tx/run.js";
import { simulate } from "../../tx/simulate.js";

export default command({
  path: "tx simulate",
  summary: "Ask a node how much gas a transaction would use now, or why it would fail.",
  args: { file: must(opt.text("The file, or - for stdin; it need not be signed.")) },
  options: nodeOptions,
  example: ["tx simulate unsigned.json"],
  async run(values, world) {
    const tx = readTx(await readTxDocument(values.file, world));
    // The node wants as many signatures as signers, and reads none of them.
    const signatures = tx.signers.map((_, i) => tx.signatures[i] ?? new Uint8Array(0));
    world.out.data({ gas_used: await simulate(connect(values, world), assembleTx(tx, signatures)) });
  },
});
