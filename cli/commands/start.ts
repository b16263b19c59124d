import { rows } from "#node/config/table.js";
import { startNode, type RunningNode } from "#node/start.js";
import { command } from "../command.js";
import { EXIT, type ExitCode } from "../exit.js";
import { CliFault } from "../fault.js";
import { opt, type Option } from "../option.js";
import type { World } from "../world.js";

/** Settings of config.toml and app.toml that operators override on the command line, by their own names. */
const SETTINGS = [
  "moniker",
  "log_level",
  "log_format",
  "rpc.laddr",
  "p2p.laddr",
  "p2p.persistent_peers",
  "api.address",
  "minimum-gas-prices",
  "pruning",
  "halt-height",
] as const;

const docs = new Map([...rows("config"), ...rows("app")].map(([name, setting]) => [name, setting.doc]));
const options: Readonly<Record<string, Option<string | undefined>>> = Object.fromEntries(
  SETTINGS.map((name) => [name, opt.text(docs.get(name) ?? "", "value")]),
);

export const start = command({
  path: "start",
  summary: "Run the node of this home until Ctrl-C.",
  details:
    "Every setting of config.toml and app.toml can also be given as TRIBD_<NAME>. The log goes to stderr. A second Ctrl-C ends at once.",
  options,
  example: ["start", "start --home .localnet/val0", 'start --log_level "consensus:debug,*:info"'],
  async run(values, world) {
    const flags = values as Readonly<Record<string, string | undefined>>;
    const running = await startNode(world.home, { flags, environment: world.system.environment });
    world.out.note(`${running.chainId}: RPC on http://${running.rpc.host}:${running.rpc.port}`);
    return untilStopped(running, world);
  },
});

async function untilStopped(running: RunningNode, world: World): Promise<ExitCode> {
  const asked = signalled();
  const failure = await Promise.race([asked.then(() => undefined), running.failed.then((error) => ({ error }))]);
  if (failure === undefined) world.out.note("stopping; Ctrl-C again ends at once");
  await running.stop();
  if (failure === undefined) return EXIT.ok;
  const { error } = failure;
  const message = error instanceof Error ? error.message : String(error);
  throw new CliFault("node_failed", `the node stopped: ${message}`, { cause: error });
}

/** The first SIGINT or SIGTERM; the second one ends the process. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const onSignal = (): void => {
      if (++count > 1) process.exit(EXIT.interrupted);
      resolve();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
}
