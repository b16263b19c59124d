import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { homeLayout } from "#node/config/home.js";
import { table } from "#node/config/table.js";
import { HOST, makeHomes } from "#cli/demo/network/homes.js";
import { LocalNetwork } from "#cli/demo/network/network.js";
import { freePorts } from "#cli/demo/network/ports.js";
import { makeCast } from "#cli/demo/story/cast.js";
import { prepareMarket, type Market } from "#cli/demo/story/prepare.js";
import type { Story } from "#cli/demo/story/story.js";
import { readGenesis } from "#cli/genesis/file.js";
import { makeOut } from "#cli/output/out.js";
import { osProcess } from "#cli/process.js";
import { noPrompt, makePrompt } from "#cli/prompt.js";
import type { System, World } from "#cli/world.js";
import { randomBytes } from "node:crypto";

/** A chain of real processes on which the demo's model is published. */
export interface ModelChain {
  readonly network: LocalNetwork;
  readonly story: Story;
  readonly market: Market;
  /** Address of the first validator's RPC. */
  readonly rpc: string;
  /** A home whose keyring has the roles' keys. */
  readonly home: string;
  stop(): Promise<void>;
}

const FIRST_BLOCK_MS = 60_000;

/** Starts the validators below `root`, contributes the demo's texts and publishes its model. Takes about half a minute. */
export async function openModelChain(root: string, validators: number): Promise<ModelChain> {
  mkdirSync(root, { recursive: true });
  const world = quietWorld(root);
  const ports = await freePorts(HOST, validators, { firstPort: 29_656, firstRestPort: 29_317 });
  const network = new LocalNetwork(await makeHomes(root, validators, ports, world), world);
  process.once("exit", () => network.killNow());
  network.start();
  await network.reach(1n, FIRST_BLOCK_MS);
  const { chainId, first } = network;
  const home = first.process.home;
  const story: Story = {
    world: { ...world, home: homeLayout(home) },
    node: first.client,
    nodeAddress: first.rpc,
    chainId,
    cast: makeCast(first.client, chainId, world),
    seed: "gateway",
    evidence: () =>
      Promise.resolve({
        node: first.client,
        genesis: readGenesis(homeLayout(home).genesis),
        now: BigInt(Date.now()),
      }),
    talk: { chapter: () => undefined, say: () => undefined },
    root,
    run: (name, argv) => network.run(name, argv, join(root, `${name}.log`)),
  };
  const market = await prepareMarket(story);
  return { network, story, market, rpc: first.rpc, home, stop: () => network.stop() };
}

function quietWorld(root: string): World {
  const silent = { write: () => true };
  const system: System = {
    environment: process.env,
    stdout: silent,
    stderr: silent,
    prompt: noPrompt(makePrompt(process.stdin, silent)),
    process: osProcess(),
    fetch: globalThis.fetch,
    now: () => Date.now(),
    sleep: async (milliseconds) => void (await sleep(milliseconds)),
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
  };
  const { client } = table;
  return {
    system,
    home: homeLayout(join(root, "client")),
    out: makeOut(silent, silent, { format: "text", quiet: true, environment: {} }),
    prompt: system.prompt,
    terms: {
      prefix: client["bech32-prefix"].fallback,
      denom: client.denom.fallback,
      displayDenom: client["display-denom"].fallback,
      displayExponent: client["display-exponent"].fallback,
    },
    yes: true,
    trace: false,
  };
}
