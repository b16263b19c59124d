import { command } from "../../command.js";
import { must, opt } from "../../option.js";
import { showAddress } from "../keys/parse.js";

export default command({
  path: "debug addr",
  summary: "Convert an address between hex and bech32.",
  args: { address: must(opt.text("Hex, or bech32 of any prefix.")) },
  example: ["debug addr trib1...", "debug addr 0123456789ABCDEF0123456789ABCDEF01234567"],
  async run({ address }, world) {
    showAddress(address, world);
  },
});
