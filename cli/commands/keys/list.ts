import { command } from "../../command.js";
import { keyringOptions, openKeyring } from "../../keyring/open.js";
import { keyColumns, shownKey } from "./show-key.js";

export default command({
  path: "keys list",
  summary: "List the keys.",
  options: keyringOptions,
  example: ["keys list", "keys list -q", "keys list -o json | jq -r '.[].address'"],
  async run(values, world) {
    const keyring = openKeyring(values, world);
    for (const sentence of keyring.unreadable()) world.out.warn(sentence);
    const keys = keyring.list().map((key) => shownKey(key, world.terms));
    if (world.out.quiet) for (const key of keys) world.out.line(key.name);
    else if (keys.length === 0 && world.out.format === "text") {
      world.out.note(`no keys in ${keyring.folder}; tribd keys add <name> makes one`);
    } else world.out.rows(keys, keyColumns);
  },
});
