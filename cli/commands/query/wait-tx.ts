import { toHex } from "#proto/bytes.js";
import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { readHash } from "../../hashes.js";
import { must, opt, withDefault } from "../../option.js";
import { printIncluded } from "../../tx/receipt.js";
import { waitForTx } from "../../tx/session.js";

export default command({
  path: "query wait-tx",
  summary: "Wait until a transaction is in a block; the exit code tells whether it succeeded there.",
  args: { hash: must(opt.of("The transaction's hash.", "hash", readHash)) },
  options: { timeoutSeconds: withDefault(opt.integer("How long to wait.", 1, 3600, "s"), 60), ...nodeOptions },
  example: ["query wait-tx 5A0B...", "query wait-tx 5A0B... --timeout-seconds 10"],
  async run(values, world) {
    const hash = toHex(values.hash).toUpperCase();
    return printIncluded(await waitForTx(connect(values, world), hash, values.timeoutSeconds, world), world);
  },
});
