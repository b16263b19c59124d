// docs/reference/config.md from the table of settings.
import { built, code, page, shell, table } from "./markdown.mjs";

const FILES = {
  config: "The node: network, consensus, RPC.",
  app: "The application: fees, history, REST.",
  client: "The command line. Its flags and environment are those of [cli.md](cli.md).",
};

export async function config() {
  const [{ table: settings, environmentName }] = await Promise.all(["node/config/table"].map(built));
  const shown = (value) =>
    Array.isArray(value) ? code(JSON.stringify(value)) : value === "" ? "empty" : code(String(value));
  const blocks = Object.entries(settings).flatMap(([file, rows]) => [
    `## ${file}.toml`,
    FILES[file],
    table(
      ["setting", "default", "what it is", "allowed"],
      Object.entries(rows).map(([name, { fallback, doc, range }]) => [code(name), shown(fallback), doc, range]),
    ),
  ]);
  return page(
    "Settings",
    shell([
      "tribd config view --changed",
      "tribd config get consensus.block_interval_ms",
      "tribd config set p2p.persistent_peers <id>@10.0.0.2:26656",
      `${environmentName("rpc.laddr")}=tcp://127.0.0.1:36657 tribd start`,
      "tribd start --rpc.laddr tcp://127.0.0.1:36657",
    ]),
    "Three files in `<home>/config`, one table. Of config.toml and app.toml every setting is also a flag of `tribd start` " +
      "and an environment variable: flag beats environment beats file. A dot separates the section: `rpc.laddr` is " +
      "`laddr` below `[rpc]`. An unknown name or a value that is not allowed stops the start and is named.",
    ...blocks,
  );
}
