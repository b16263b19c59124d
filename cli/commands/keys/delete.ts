import { command } from "../../command.js";
import { confirmByName } from "../../confirm.js";
import { keyringOptions, openKeyring } from "../../keyring/open.js";
import { resolveKey } from "../../keyring/resolve.js";
import { must, opt } from "../../option.js";

export default command({
  path: "keys delete",
  summary: "Delete a key. Only its mnemonic can recover it.",
  args: { name: must(opt.text("Name or address of the key.")) },
  options: { confirm: opt.text("The key's name again: confirms without a question.", "name"), ...keyringOptions },
  example: ["keys delete old", "keys delete old --confirm old"],
  async run(values, world) {
    const keyring = openKeyring(values, world);
    const key = resolveKey(values.name, keyring, world.terms);
    await confirmByName(
      world,
      values.confirm,
      key.name,
      `This deletes the key "${key.name}". Only its mnemonic brings it back.`,
    );
    keyring.remove(key.name);
    world.out.note(`deleted ${key.name}`);
  },
});
