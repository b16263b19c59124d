import type { Client } from "#proto/client/index.js";
import type { Genesis } from "#proto/client/verify/index.js";
import { CliFault } from "../../fault.js";
import type { World } from "../../world.js";
import type { Cast } from "./cast.js";
import type { Program } from "../network/program.js";
import type { Talk } from "./talk.js";

/** A node that proves what it says, and the genesis document that leads there. */
export interface Evidence {
  readonly node: Client;
  readonly genesis: Genesis;
  /** Unix milliseconds. */
  readonly now: bigint;
}

/** The context of every step of the story. */
export interface Story {
  readonly world: World;
  /** The node that everybody in the story talks to. */
  readonly node: Client;
  /** Address of its RPC. */
  readonly nodeAddress: string;
  readonly chainId: string;
  readonly cast: Cast;
  readonly seed: string;
  /** The node that verification asks, and the only data that it trusts. */
  readonly evidence: () => Promise<Evidence>;
  readonly talk: Talk;
  /** Folder of the demo. */
  readonly root: string;
  /** Starts `tribd` with these arguments; it ends with the network. */
  readonly run: (name: string, argv: readonly string[]) => Program;
}

const POLL_MS = 300;

/** Asks until there is an answer. @throws CliFault(story_timeout) naming what did not come */
export async function until<T>(
  { world }: Pick<Story, "world">,
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = world.system.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (world.system.now() >= end) throw new CliFault("story_timeout", `${what} did not come within ${seconds} s`);
    await world.system.sleep(POLL_MS);
  }
}
