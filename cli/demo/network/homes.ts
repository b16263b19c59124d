import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { homeLayout } from "#node/config/home.js";
import { readJsonFile } from "#node/config/json-file.js";
import { parseCoins } from "../../coins.js";
import { developmentKeys } from "../../dev/guard.js";
import { CliFault } from "../../fault.js";
import { planTestnet, testnetKeys, writeTestnet, type TestnetPlan } from "../../genesis/testnet.js";
import type { World } from "../../world.js";
import type { PortBase } from "./ports.js";

export const DEMO_CHAIN_ID = "tributary-dev-1";
export const HOST = "127.0.0.1";
const NAME_PREFIX = "val";
const ROLE_COINS = "1000000trib";

export interface Homes {
  readonly plan: TestnetPlan;
  readonly roots: readonly string[];
}

/** @throws CliFault(home_exists) for a home of another chain: what is wiped here is only ever an earlier demo */
function wipe(root: string): void {
  const genesis = readJsonFile(homeLayout(root).genesis) as { readonly chain_id?: unknown } | undefined;
  if (genesis !== undefined && genesis.chain_id !== DEMO_CHAIN_ID) {
    throw new CliFault("home_exists", `${root} is a home of another chain: it is not wiped`, {
      fix: "choose another --dir",
    });
  }
  rmSync(root, { recursive: true, force: true });
}

/** Fresh homes below `root`; what an earlier run left there goes away first. */
export async function makeHomes(root: string, count: number, ports: PortBase, world: World): Promise<Homes> {
  const roots = Array.from({ length: count }, (_, i) => resolve(root, `${NAME_PREFIX}${i}`));
  roots.forEach(wipe);
  const coins = parseCoins(ROLE_COINS, world.terms);
  const plan = planTestnet({
    ...ports,
    chainId: DEMO_CHAIN_ID,
    time: BigInt(world.system.now()),
    terms: world.terms,
    host: HOST,
    namePrefix: NAME_PREFIX,
    nodes: roots.map(() => testnetKeys(world.system.random)),
    operatorCoins: coins,
    accounts: developmentKeys().map(({ address }) => ({ address, coins })),
  });
  await writeTestnet(plan, roots, world, developmentKeys());
  return { plan, roots };
}
