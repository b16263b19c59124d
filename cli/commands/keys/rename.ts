import { command } from "../../command.js";
import { keyringOptions, openKeyring } from "../../keyring/open.js";
import { must, opt } from "../../option.js";
import { shownKey } from "./show-key.js";

export default command({
  path: "keys rename",
  summary: "Rename a key.",
  args: { from: must(opt.text("Current name.")), to: must(opt.text("New name.")) },
  options: keyringOptions,
  example: ["keys rename alice alice-old"],
  async run(values, world) {
    world.out.data(shownKey(openKeyring(values, world).rename(values.from, values.to), world.terms));
  },
});
