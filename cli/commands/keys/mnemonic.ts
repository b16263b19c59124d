import { command } from "../../command.js";
import { newMnemonic } from "../../keyring/hd.js";
import { opt, withDefault } from "../../option.js";

export default command({
  path: "keys mnemonic",
  summary: "Print a new BIP-39 mnemonic, which is not stored.",
  options: { words: withDefault(opt.choice("Its length.", ["12", "24"]), "24") },
  example: ["keys mnemonic", "keys mnemonic | tribd keys add alice --recover --password-file pw"],
  async run(values, world) {
    world.out.line(newMnemonic((bytes) => world.system.random(bytes), values.words === "12" ? 12 : 24));
  },
});
