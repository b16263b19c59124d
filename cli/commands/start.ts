import { loadConfig } from "#node/config/load.js";
import { rows } from "#node/config/table.js";
import { startNode } from "#node/compose/start.js";
import { command } from "../command.js";
import { opt, section, type Option } from "../option.js";
import { untilStopped } from "../running.js";

/** Every setting of config.toml and app.toml by its own name; the log's two are flags of every command. */
const GLOBAL: readonly string[] = ["log_level", "log_format"];
const settings = (file: "config" | "app"): Readonly<Record<string, Option<string | undefined>>> =>
  Object.fromEntries(
    rows(file)
      .filter(([name]) => !GLOBAL.includes(name))
      .map(([name, setting]) => [name, opt.text(setting.doc, "value")]),
  );

export default command({
  path: "start",
  summary: "Run the node of this home until Ctrl-C.",
  details:
    "Every setting of config.toml and app.toml is a flag here, and an environment variable TRIBD_<NAME>. The log goes to stderr. A second Ctrl-C ends at once.",
  options: { ...section("Node settings", settings("config")), ...section("Application settings", settings("app")) },
  example: ["start", "start --home .localnet/val0", 'start --log_level "consensus:debug,*:info"'],
  async run(values, world) {
    const { logLevel, logFormat } = values as { logLevel?: string; logFormat?: string };
    const flags = {
      ...(values as Readonly<Record<string, string | undefined>>),
      log_level: logLevel,
      log_format: logFormat,
    };
    return untilStopped("node", world, async (life) => {
      const config = loadConfig(world.home, { flags, environment: world.system.environment });
      const { chainId, rpc } = await startNode(world.home, config, life);
      world.out.note(`${chainId}: ${rpc === undefined ? "no RPC" : `RPC on ${rpc}`}`);
    });
  },
});
