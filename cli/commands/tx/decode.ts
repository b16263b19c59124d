import { fromBase64 } from "#proto/base64.js";
import { fromHex } from "#proto/bytes.js";
import { txToJson } from "#proto/tx/json.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { must, opt, short } from "../../option.js";
import { readTx } from "../../tx/run.js";

export default command({
  path: "tx decode",
  summary: "Decode a transaction's bytes to JSON.",
  args: { bytes: must(opt.text("The bytes in base64.")) },
  options: { hex: short("x", opt.flag("The bytes are in hex.")) },
  example: ["tx decode Cp4BCpsB...", "tx decode --hex 0A9E01..."],
  async run({ bytes, hex }, world) {
    const decoded = hex ? fromHex(bytes) : fromBase64(bytes);
    if (decoded === undefined) throw usage(`this is not ${hex ? "hex" : "base64"}`);
    world.out.document(txToJson(readTx(decoded)));
  },
});
