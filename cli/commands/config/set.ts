import { readTextFile, writeFileWhole } from "#node/config/json-file.js";
import { pathOf, parseSettings } from "#node/config/load.js";
import { rows } from "#node/config/table.js";
import { renderToml, setInToml } from "#node/config/write.js";
import { present } from "#proto/assert.js";
import { command } from "../../command.js";
import { usage } from "../../fault.js";
import { must, opt } from "../../option.js";
import { locateSetting } from "./names.js";

export default command({
  path: "config set",
  summary: "Change one setting in its file; comments and other settings stay.",
  args: {
    name: must(opt.text("Its name, as rpc.laddr or client.node.")),
    value: must(opt.text("The new value; a list is comma separated.")),
  },
  example: ["config set client.node tcp://rpc.example:26657", "config set minimum-gas-prices 0.005utrib"],
  async run({ name, value }, world) {
    const place = locateSetting(name);
    const setting = present(
      rows(place.file).find(([known]) => known === place.name),
      "located settings are rows",
    )[1];
    const checked = setting.check(setting.fromText(value));
    if (checked === undefined) throw usage(`${place.name} cannot be "${value}": ${setting.range}`);
    const path = pathOf(world.home, place.file);
    const source = readTextFile(path) ?? renderToml(place.file);
    const changed = setInToml(source, place.name, checked);
    parseSettings(place.file, changed);
    writeFileWhole(path, changed);
    world.out.note(`${path}: ${place.name} = ${JSON.stringify(checked)}`);
  },
});
