import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { homeLayout } from "#node/config/home.js";
import { EXIT, type ExitCode } from "../exit.js";
import { CliFault } from "../fault.js";
import { readGenesis } from "../genesis/file.js";
import { FIRST_REST_PORT } from "../genesis/testnet.js";
import type { World } from "../world.js";
import { appHashesOf } from "./network/app-hashes.js";
import { claim } from "./network/claim.js";
import { HOST, makeHomes } from "./network/homes.js";
import { interruptible, watchInterrupt } from "./network/interrupt.js";
import { LocalNetwork } from "./network/network.js";
import { freePorts } from "./network/ports.js";
import { answerFile, nextCommands, printEndpoints } from "./endpoints.js";
import { keepRunning } from "./watch.js";
import { makeCast, roles } from "./story/cast.js";
import { killAndRestart } from "./story/chaos.js";
import type { ShownAnswer } from "./story/steps/show.js";
import type { Story } from "./story/story.js";
import { summarise, type Summary } from "./story/summary.js";
import { makeTalk, type Talk } from "./story/talk.js";
import { tell } from "./story/tell.js";

export interface DemoOptions {
  readonly seed: string;
  readonly dir: string;
  /** RPC of the first validator. */
  readonly port: number;
  /** End after the story instead of leaving the chain running. */
  readonly exit: boolean;
  readonly chaos: boolean;
}

const VALIDATORS = 4;
/** Folders of the programs beside the validators. */
const besides = ["gateway", "model-texts", ...roles.consumers.map((name) => `consumer-${name}`)];
const FIRST_BLOCK_MS = 60_000;
const APP_HASH_MS = 30_000;

/** Starts the local network, tells the story on it, and leaves it running until Ctrl-C. */
export async function runDemo(options: DemoOptions, outer: World): Promise<ExitCode> {
  const talk = makeTalk(outer);
  const late: { network?: LocalNetwork } = {};
  const interrupt = watchInterrupt(() => late.network?.killNow(), outer);
  const world = interruptible(outer, interrupt.signal);
  const root = resolve(options.dir);
  const release = claim(root);
  let isTold = false;
  try {
    // Books of an earlier demo: their channels are those of a chain that is gone.
    for (const name of besides) rmSync(join(root, name), { recursive: true, force: true });
    const network = await makeNetwork(options, root, world, talk);
    late.network = network;
    network.start();
    const height = await network.reach(1n, FIRST_BLOCK_MS);
    talk.say(`${VALIDATORS} validators agree: block ${height}`);
    const { summary, shown } = await theStory(options, network, world, talk);
    if (!summary.verified) throw new CliFault("payout_wrong", "the recomputed credits differ from the chain's");
    if (world.out.format === "json") world.out.data(summary);
    nextCommands(world, network, shown);
    isTold = true;
    if (!options.exit) await keepRunning(network, world);
    return EXIT.ok;
  } catch (error) {
    if (error !== interrupt.signal.reason) throw error;
    return isTold ? EXIT.ok : EXIT.interrupted;
  } finally {
    await late.network?.stop();
    release();
    interrupt.release();
  }
}

async function makeNetwork(options: DemoOptions, root: string, world: World, talk: Talk): Promise<LocalNetwork> {
  talk.chapter("A chain");
  const wanted = { firstPort: options.port - 1, firstRestPort: FIRST_REST_PORT };
  const ports = await freePorts(HOST, VALIDATORS, wanted);
  if (ports.firstPort !== wanted.firstPort) talk.say(`port ${options.port} is taken: RPC on ${ports.firstPort + 1}`);
  const network = new LocalNetwork(await makeHomes(root, VALIDATORS, ports, world), world);
  printEndpoints(network, talk);
  return network;
}

interface Ending {
  readonly summary: Summary;
  readonly shown: ShownAnswer;
}

async function theStory(options: DemoOptions, network: LocalNetwork, world: World, talk: Talk): Promise<Ending> {
  const { chainId, first } = network;
  const story: Story = {
    world: { ...world, home: homeLayout(first.process.home) },
    node: first.client,
    nodeAddress: first.rpc,
    chainId,
    cast: makeCast(first.client, chainId, world),
    seed: options.seed,
    evidence: () =>
      Promise.resolve({
        node: first.client,
        genesis: readGenesis(homeLayout(first.process.home).genesis),
        now: BigInt(world.system.now()),
      }),
    talk,
    root: resolve(options.dir),
    run: (name, argv) => network.run(name, argv, join(resolve(options.dir), `${name}.log`)),
  };
  const told = await tell(story, async () => {
    if (options.chaos) await killAndRestart(story, network);
  });
  const { height, hashes } = await appHashesOf(network, APP_HASH_MS);
  if (new Set(hashes).size !== 1) {
    throw new CliFault("story", `state roots differ at height ${height}: ${hashes.join(", ")}`);
  }
  talk.say(`all ${hashes.length} validators have the same state at height ${height}`);
  writeFileSync(join(story.world.home.root, answerFile(told.shown)), told.shown.answer);
  const summary = summarise({ ...told, height, validators: network.nodes.length, appHashes: hashes });
  return { summary, shown: told.shown };
}
