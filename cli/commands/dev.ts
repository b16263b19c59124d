import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBech32 } from "#proto/crypto/address.js";
import { loadConfig } from "#node/config/load.js";
import { startNode, type RunningNode } from "#node/compose/start.js";
import type { Home } from "#node/config/home.js";
import { formatCoin, parseCoins } from "../coins.js";
import { command } from "../command.js";
import { developmentWarning } from "../dev/accounts.js";
import { developmentKeys, isDevelopmentChain } from "../dev/guard.js";
import { developmentHome, freeAddresses } from "../dev/home.js";
import { usage } from "../fault.js";
import { checkChainId } from "../genesis/chain-id.js";
import { opt, withDefault } from "../option.js";
import { toTable } from "../output/table.js";
import { untilStopped } from "../running.js";
import type { World } from "../world.js";

export default command({
  path: "dev",
  summary: "Run a development chain of one validator, with funded accounts for every role.",
  details:
    "The chain is kept in <home>/dev and continues at the next start. Ports in use are skipped; the chosen ports are printed.",
  options: {
    reset: opt.flag("Delete the existing chain and begin a new one."),
    tmp: opt.flag("Run a new chain in a temporary folder and delete it afterwards."),
    chainId: withDefault(opt.of("Id of a new chain; it must contain -dev-.", "id", checkChainId), "tributary-dev-1"),
    coins: withDefault(opt.text("Coins of each role account on a new chain.", "coins"), "1000000trib"),
    portOffset: withDefault(opt.integer("Added to all ports of a new chain.", 0, 30_000), 0),
    blockIntervalMs: opt.integer("Time from block to block.", 50, 60_000, "ms"),
  },
  example: ["dev", "dev --reset", "dev --tmp --block-interval-ms 200"],
  async run(values, world) {
    if (!isDevelopmentChain(values.chainId)) {
      throw usage(
        `"${values.chainId}" is not a development chain`,
        'its id must contain "-dev-": the keys of its accounts are public',
      );
    }
    const root = values.tmp ? mkdtempSync(join(tmpdir(), "tribd-dev-")) : join(world.home.root, "dev");
    try {
      const coins = parseCoins(values.coins, world.terms);
      const home = await developmentHome(
        root,
        { chainId: values.chainId, coins, reset: values.reset, portOffset: values.portOffset },
        world,
      );
      const addresses = await freeAddresses(home, world);
      const { logLevel, logFormat } = values as { logLevel?: string; logFormat?: string };
      const interval = values.blockIntervalMs;
      const flags = {
        ...addresses,
        log_level: logLevel ?? "error",
        log_format: logFormat,
        "consensus.block_interval_ms": interval === undefined ? undefined : String(interval),
      };
      const holding = coins.map((coin) => formatCoin(coin, world.terms)).join(",");
      return await untilStopped("node", world, async (life) => {
        const config = loadConfig(home, { flags, environment: world.system.environment });
        const running = await startNode(home, config, life);
        print(home, running, addresses["api.address"] ?? "", holding, world);
        followOnTerminal(running, world);
      });
    } finally {
      if (values.tmp) rmSync(root, { recursive: true, force: true });
    }
  },
});

function print(home: Home, running: RunningNode, rest: string, holding: string, world: World): void {
  const rpc = running.rpc ?? "";
  const accounts = developmentKeys().map(({ name, role, address, mnemonic }) => ({
    name,
    role,
    address: toBech32(world.terms.prefix, address),
    mnemonic,
  }));
  const endpoints = { rpc, rest: rest.replace(/^tcp:/, "http:") };
  world.out.data({ chain_id: running.chainId, home: home.root, endpoints, accounts }, () =>
    [
      `Accounts (each held ${holding} at genesis)`,
      indent(
        toTable(accounts, [
          { title: "NAME", cell: (row) => row.name },
          { title: "ROLE", cell: (row) => row.role },
          { title: "ADDRESS", cell: (row) => row.address },
        ]),
      ),
      "",
      "Mnemonics (m/44'/118'/0'/0/0)",
      indent(
        toTable(accounts, [
          { title: "NAME", cell: (row) => row.name },
          { title: "MNEMONIC", cell: (row) => row.mnemonic },
        ]),
      ),
      "",
      `Chain id  ${running.chainId}`,
      `RPC       ${endpoints.rpc}`,
      `REST      ${endpoints.rest}`,
      `Explorer  ${endpoints.rest}`,
      `Home      ${home.root}`,
      "",
      "Next",
      `  tribd tx bank send alice bob 1${world.terms.displayDenom} --home ${home.root} --node ${endpoints.rpc}`,
      `  tribd query bank balances bob --home ${home.root} --node ${endpoints.rpc}`,
    ].join("\n"),
  );
  world.out.warn(developmentWarning);
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}

/** One line that moves, at a terminal only. */
function followOnTerminal(running: RunningNode, world: World): void {
  const { stderr } = world.system;
  if (stderr.isTTY !== true || world.out.quiet) return;
  let transactions = 0;
  running.node.onCommitted(({ tip, txs }) => {
    transactions += txs.length;
    stderr.write(`\r\u001b[Kheight ${tip.height}, ${transactions} transactions`);
  });
}
