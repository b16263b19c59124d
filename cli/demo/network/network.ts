import type { Client } from "#proto/client/index.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import type { Bytes } from "#proto/bytes.js";
import { connect } from "../../client.js";
import { CliFault } from "../../fault.js";
import type { World } from "../../world.js";
import type { Homes } from "./homes.js";
import { NodeProcess, TRIBD } from "./node-process.js";
import { Program } from "./program.js";

const POLL_MS = 200;
const REQUEST_TIMEOUT_S = 10;
const STOP_GRACE_MS = 12_000;

/** One validator of the local network: its process, and how to ask it. */
export interface NetworkNode {
  readonly process: NodeProcess;
  readonly client: Client;
  readonly rpc: string;
  readonly rest: string;
  /** 20 bytes: under which it signs blocks. */
  readonly validator: Bytes;
}

/** Validators on this machine, each a process with a home of its own. */
export class LocalNetwork {
  readonly chainId: string;
  readonly nodes: readonly NetworkNode[];
  readonly #world: World;
  /** Started beside the validators: they end first. */
  readonly #beside: Program[] = [];
  #stopping = false;

  constructor({ plan, roots }: Homes, world: World) {
    this.chainId = plan.chainId;
    this.#world = world;
    this.nodes = plan.nodes.map(({ name, rpc, rest, validator }, i) => ({
      process: new NodeProcess(name, roots[i]!),
      client: connect({ node: rpc, requestTimeout: REQUEST_TIMEOUT_S }, world),
      rpc,
      rest,
      validator: validatorAddress(validator.publicKey),
    }));
  }

  /** The node that the story talks to. */
  get first(): NetworkNode {
    return this.nodes[0]!;
  }

  start(): void {
    for (const { process } of this.nodes) process.start();
  }

  /** Waits until the first node has `height`; returns what it has. @throws CliFault when it ends or takes too long */
  async reach(height: bigint, timeoutMs: number, node = this.first): Promise<bigint> {
    const end = this.#world.system.now() + timeoutMs;
    for (;;) {
      const at = await this.height(node);
      if (at !== undefined && at >= height) return at;
      this.checkAlive(node);
      if (this.#world.system.now() >= end) {
        throw new CliFault("no_block", `${node.process.name} is not at height ${height} after ${timeoutMs / 1000} s`, {
          fix: `its log: ${node.process.log}`,
        });
      }
      await this.#world.system.sleep(POLL_MS);
    }
  }

  /** Undefined while it does not answer. */
  async height(node: NetworkNode): Promise<bigint | undefined> {
    try {
      return (await node.client.status()).height;
    } catch (error) {
      if (error instanceof CliFault && (error.code === "unreachable" || error.code === "timeout")) return undefined;
      throw error;
    }
  }

  /** @throws CliFault(node_ended) with the end of its log */
  checkAlive({ process }: NetworkNode): void {
    if (process.running || this.#stopping) return;
    throw new CliFault("node_ended", `${process.name} has ended:\n${process.lastLines()}`, {
      fix: `its log: ${process.log}`,
    });
  }

  /** Starts `tribd` beside the validators. @param log file that takes what it says */
  run(name: string, argv: readonly string[], log: string): Program {
    const program = new Program(name, [TRIBD, ...argv], log);
    this.#beside.push(program);
    program.start();
    return program;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const program of [...this.#beside].reverse()) await program.stop(STOP_GRACE_MS);
    await Promise.all(this.nodes.map(({ process }) => process.stop(STOP_GRACE_MS)));
  }

  killNow(): void {
    for (const program of this.#beside) program.killNow();
    for (const { process } of this.nodes) process.killNow();
  }
}
