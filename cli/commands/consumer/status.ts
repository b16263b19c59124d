import { existsSync } from "node:fs";
import type { Json } from "#proto/codec/json-text.js";
import { command } from "../../command.js";
import { apiKeyAt } from "../../consumer/api-key.js";
import { toldAt, withBooks } from "../../consumer/access-book.js";
import { coinText, consumerFiles } from "../../consumer/program.js";
import { channelsOf, type ChannelView } from "../../consumer/view.js";
import { opt, section, withDefault } from "../../option.js";
import { toTable, type Column } from "../../output/table.js";
import type { World } from "../../world.js";

export const listenOption = section("Server", {
  listen: withDefault(opt.text("Where the program listens.", "address"), "127.0.0.1:8551"),
});

type Shown = Readonly<Record<string, unknown>>;

export default command({
  path: "consumer status",
  summary: "Show the local API key, what is spent today, and every channel with what it owes.",
  options: listenOption,
  example: ["consumer status", "consumer status -o json"],
  async run({ listen }, world) {
    const told = (await toldAt(listen, "/consumer/status", world)) as Readonly<Record<string, Json>> | undefined;
    const status: Shown = told === undefined ? await resting(world) : { running: true, ...told };
    world.out.data(status, () => text(status, world));
  },
});

async function resting(world: World): Promise<Shown> {
  const { apiKey } = consumerFiles(world.home);
  const channels = await withBooks(world, (books) => channelsOf(books, undefined));
  return { running: false, ...(existsSync(apiKey) ? { api_key: apiKeyAt(apiKey, world) } : {}), channels };
}

function text(status: Shown, world: World): string {
  const coin = (value: unknown): string => (value === undefined ? "" : coinText(BigInt(String(value)), world));
  const column = (
    title: string,
    name: keyof ChannelView,
    show: (value: unknown) => string = String,
  ): Column<Shown> => ({
    title,
    cell: (row) => (row[name] === undefined ? "" : show(row[name])),
  });
  const lines = [status["running"] === true ? "The program runs." : "The program does not run."];
  for (const name of ["url", "api_key", "address", "chain_id"]) {
    if (status[name] !== undefined) lines.push(`${name.replace("_", " ").padEnd(9)} ${String(status[name])}`);
  }
  if (status["spent_today"] !== undefined) {
    lines.push(`today     ${coin(status["spent_today"])} of ${coin(status["day_max"])}`);
  }
  const channels = status["channels"] as readonly Shown[];
  if (channels.length === 0) return [...lines, "", "no channel yet"].join("\n");
  const columns = [
    column("CHANNEL", "channel"),
    column("PROVIDER", "provider"),
    column("VERSION", "version"),
    column("STATE", "state"),
    column("DEPOSIT", "deposit", coin),
    column("PAID", "signed", coin),
    column("UNDER WAY", "exposure", coin),
    column("REFUSED", "refused", (list) => String((list as readonly string[]).length)),
  ];
  return [...lines, "", toTable(channels, columns)].join("\n");
}
