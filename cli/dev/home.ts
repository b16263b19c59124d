import { existsSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { homeLayout, type Home } from "#node/config/home.js";
import { parseEndpoint } from "#node/config/kinds.js";
import { loadConfig } from "#node/config/load.js";
import { alone } from "#node/home/home-lock.js";
import { CliFault } from "../fault.js";
import type { Coin } from "../coins.js";
import { FIRST_REST_PORT, planTestnet, PORT_STEP, testnetKeys, writeTestnet } from "../genesis/testnet.js";
import type { World } from "../world.js";
import { developmentKeys } from "./guard.js";

export interface DevelopmentChain {
  readonly chainId: string;
  readonly coins: readonly Coin[];
  readonly reset: boolean;
  readonly portOffset: number;
}

const FIRST_PORT = 26_656;
const SHIFTS_MAX = 20;

/** The home of a lone validator with the role accounts: made when it is not there, or anew with `reset`. */
export async function developmentHome(root: string, chain: DevelopmentChain, world: World): Promise<Home> {
  const home = homeLayout(root);
  if (chain.reset && existsSync(root)) await alone(home, () => empty(home));
  if (!existsSync(home.genesis)) {
    const plan = planTestnet({
      chainId: chain.chainId,
      time: BigInt(world.system.now()),
      terms: world.terms,
      host: "127.0.0.1",
      firstPort: FIRST_PORT + chain.portOffset,
      firstRestPort: FIRST_REST_PORT + chain.portOffset,
      namePrefix: "dev",
      nodes: [testnetKeys(world.system.random)],
      operatorCoins: chain.coins,
      accounts: developmentKeys().map(({ address }) => ({ address, coins: chain.coins })),
    });
    await writeTestnet(plan, [root], world, developmentKeys());
  }
  return home;
}

/** All but the lock, which is held meanwhile. */
function empty({ root, lock }: Home): void {
  for (const name of readdirSync(root)) {
    const path = join(root, name);
    if (path !== lock) rmSync(path, { recursive: true });
  }
}

/** The home's addresses, moved up together until nothing else has them. */
export async function freeAddresses(home: Home, world: World): Promise<Readonly<Record<string, string>>> {
  const { config, app } = loadConfig(home, { environment: world.system.environment });
  const wanted = {
    "rpc.laddr": config["rpc.laddr"],
    "p2p.laddr": config["p2p.laddr"],
    "api.address": app["api.address"],
  };
  for (let shift = 0; shift < SHIFTS_MAX; shift++) {
    const moved = Object.fromEntries(
      Object.entries(wanted).map(([name, address]) => [name, shifted(address, shift * PORT_STEP)]),
    );
    const free = await Promise.all(Object.values(moved).map(isFree));
    if (free.every(Boolean)) return moved;
  }
  throw new CliFault("address_in_use", `no free ports from ${wanted["rpc.laddr"]} on`, {
    fix: "--port-offset chooses others",
  });
}

function shifted(address: string, by: number): string {
  const endpoint = parseEndpoint(address);
  return endpoint === undefined ? address : `tcp://${endpoint.host}:${endpoint.port + by}`;
}

/** Whether a service could listen there now. */
export function isFree(address: string): Promise<boolean> {
  const endpoint = parseEndpoint(address);
  if (endpoint === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(endpoint.port, endpoint.host, () => probe.close(() => resolve(true)));
  });
}
