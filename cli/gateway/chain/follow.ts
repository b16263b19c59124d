import { parseRfc3339 } from "#proto/time.js";
import type { Client, ClientEvent } from "#proto/client/index.js";
import { CliFault } from "../../fault.js";
import type { ChainClock } from "./clock.js";

/** What follows the chain. Calls come one after the other; a call that fails is made again with the same block. */
export interface Followed {
  /** The events of one block, of failed transactions too: they are but words to read the chain anew. */
  block(height: bigint, events: readonly ClientEvent[]): Promise<void>;
  /** Blocks up to this height were not read: everything that is known may have changed. */
  gap(height: bigint): Promise<void>;
  /** The node cannot be asked, or is behind. Each time that it is tried. */
  trouble(error: unknown): void;
}

/** Between two looks at the node's height. */
const POLL_MS = 500;
/** Blocks that are read one by one; after more everything is read anew. */
const BLOCKS_MAX = 32n;

/** Follows the chain by the blocks of one node, whichever node answers there. */
export class ChainFollower {
  readonly #node: Client;
  readonly #chainId: string;
  readonly #clock: ChainClock;
  readonly #followed: Followed;
  readonly #world: { now(): number; sleep(milliseconds: number): Promise<void> };
  #height: bigint;
  #isStopped = false;
  #loop: Promise<void> | undefined;

  /** @param height up to which everything was read */
  constructor(
    given: { readonly node: Client; readonly chainId: string; readonly clock: ChainClock; readonly height: bigint },
    followed: Followed,
    world: { now(): number; sleep(milliseconds: number): Promise<void> },
  ) {
    this.#node = given.node;
    this.#chainId = given.chainId;
    this.#clock = given.clock;
    this.#height = given.height;
    this.#followed = followed;
    this.#world = world;
  }

  /** @param failed told once of what the gateway cannot go on after */
  start(failed: (error: unknown) => void): void {
    this.#loop = this.#run().catch(failed);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.step();
      } catch (error) {
        if (error instanceof CliFault && error.code === "other_chain") throw error;
        this.#followed.trouble(error);
      }
      await this.#world.sleep(POLL_MS);
    }
  }

  /** Reads what is new. @throws CliFault(other_chain) when the node was replaced by one of another chain */
  async step(): Promise<void> {
    const status = await this.#node.status();
    if (status.chainId !== this.#chainId) {
      throw new CliFault("other_chain", `the node is on ${status.chainId} now; this gateway serves ${this.#chainId}`);
    }
    if (status.catchingUp) throw new CliFault("catching_up", "the node is still catching up");
    if (status.height <= this.#height) return; // A node that is behind has nothing new either.
    const seen = { height: status.height, time: Number(parseRfc3339(status.time) ?? 0n), seenAt: this.#world.now() };
    if (status.height - this.#height > BLOCKS_MAX) await this.#followed.gap(status.height);
    else {
      for (let height = this.#height + 1n; height <= status.height; height++) {
        const { txs, blockEvents } = await this.#node.blockResults(height);
        await this.#followed.block(height, [...txs.flatMap(({ events }) => events), ...blockEvents]);
        this.#height = height;
      }
    }
    this.#height = status.height;
    this.#clock.seen(seen);
  }
}

/** An attribute of an event. */
export function attributeOf({ attributes }: ClientEvent, key: string): string | undefined {
  return attributes.find((each) => each.key === key)?.value;
}
