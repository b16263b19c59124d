import { toHex } from "#proto/bytes.js";
import { connect, nodeOptions } from "../../client.js";
import { command } from "../../command.js";
import { notFound } from "../../fault.js";
import { readHash } from "../../hashes.js";
import { must, opt } from "../../option.js";
import { txToJson } from "#proto/tx/json.js";
import { receiptJson } from "../../tx/receipt.js";
import { readTx } from "../../tx/run.js";

export default command({
  path: "query tx",
  summary: "Show a transaction by its hash: its result, gas and events.",
  args: { hash: must(opt.of("The transaction's hash.", "hash", readHash)) },
  options: nodeOptions,
  example: ["query tx 5A0B...", "q tx 5A0B... -o json | jq .code"],
  async run(values, world) {
    const found = await connect(values, world).tx(values.hash);
    if (found === undefined) {
      const hash = toHex(values.hash).toUpperCase();
      throw notFound(`tx ${hash} is in no block`, `it may still be pending: tribd query wait-tx ${hash}`);
    }
    world.out.data({ ...receiptJson(found), tx: txToJson(readTx(found.tx)) });
  },
});
