import { loadConfig } from "#node/config/load.js";
import { environmentName } from "#node/config/table.js";
import { command } from "../../command.js";
import { must, opt } from "../../option.js";
import { locateSetting } from "./names.js";

export default command({
  path: "config get",
  summary: "Print the effective value of a setting: environment, else file, else default.",
  args: { name: must(opt.text("Its name, as rpc.laddr or client.node.")) },
  example: ["config get rpc.laddr", "config get client.node"],
  async run({ name }, world) {
    const place = locateSetting(name);
    const loaded = loadConfig(world.home, { environment: world.system.environment });
    const value = (loaded[place.file] as Readonly<Record<string, unknown>>)[place.name];
    if (world.out.format === "json") {
      world.out.data({ file: `${place.file}.toml`, name: place.name, value, environment: environmentName(place.name) });
    } else world.out.line(Array.isArray(value) ? value.join(",") : String(value));
  },
});
