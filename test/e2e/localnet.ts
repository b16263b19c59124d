import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const program = new URL("../../cli/main.js", import.meta.url).pathname;

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line, as a shell would run it. */
export function tribd(args: readonly string[], input = ""): Ran {
  const ran = spawnSync(process.execPath, [program, ...args], { encoding: "utf8", input, env: environment() });
  return { status: ran.status ?? -1, stdout: ran.stdout, stderr: ran.stderr };
}

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("TRIBD_"));
  // REST has well-known ports of its own, which another network of this machine may have.
  return { ...Object.fromEntries(kept), NO_COLOR: "1", TRIBD_API_ENABLE: "false" };
}

export interface Member {
  readonly home: string;
  /** libp2p's id of its node key. */
  readonly id: string;
  readonly p2pPort: number;
  readonly rpc: string;
  readonly metricsPort: number;
  process: ChildProcess | undefined;
  /** The end of what it said. */
  log: string;
}

export interface LocalnetOptions {
  /** Where free ports are looked for. */
  readonly ports?: { readonly from: number; readonly to: number };
  /** Called once the homes are written, before a node runs. */
  readonly prepare?: (net: Localnet) => void;
  /** Settings of one node beside those of its home. */
  readonly environment?: (net: Localnet, index: number) => NodeJS.ProcessEnv;
  readonly onLog?: (index: number, chunk: string) => void;
  /** Options of the engine itself, before the program's. */
  readonly engine?: (index: number) => readonly string[];
}

const LOG_KEPT = 4_000;
/** Ports of a node from its p2p port on: RPC, metrics, and a free one. */
const PORT_STEP = 10;
const METRICS_OFFSET = 4;
export const FREE_OFFSET = 5;

/** Validators of one development chain, each a process with a home, keys, database and sockets of its own. */
export class Localnet {
  readonly members: Member[] = [];
  readonly #root = mkdtempSync(join(tmpdir(), "tributary-net-"));
  readonly #options: LocalnetOptions;

  private constructor(options: LocalnetOptions) {
    this.#options = options;
  }

  static async create(validators: number, options: LocalnetOptions = {}): Promise<Localnet> {
    const net = new Localnet(options);
    const port = await freePorts(validators, options.ports);
    const args = ["--v", String(validators), "--output-dir", net.#root, "--starting-port", String(port), "-o", "json"];
    const made = tribd(["testnet", "init-files", ...args]);
    if (made.status !== 0) throw new Error(`init-files: ${made.stderr}`);
    const { nodes } = JSON.parse(made.stdout) as { nodes: { home: string; node_id: string; rpc: string }[] };
    for (const [i, { home, node_id: id, rpc }] of nodes.entries()) {
      const p2pPort = port + PORT_STEP * i;
      const ports = { p2pPort, metricsPort: p2pPort + METRICS_OFFSET };
      net.members.push({ home, id, ...ports, rpc: rpc.replace("tcp://", "http://"), process: undefined, log: "" });
    }
    options.prepare?.(net);
    return net;
  }

  start(index: number): void {
    const member = this.members[index]!;
    const log = ["ignore", "ignore", "pipe"] as const;
    const engine = this.#options.engine?.(index) ?? [];
    member.process = spawn(process.execPath, [...engine, program, "start", "--home", member.home], {
      stdio: [...log],
      env: { ...environment(), ...this.#options.environment?.(this, index) },
    });
    member.process.stderr?.on("data", (chunk: Buffer) => {
      member.log = (member.log + chunk.toString()).slice(-LOG_KEPT);
      this.#options.onLog?.(index, chunk.toString());
    });
  }

  /** As a power cut does: nothing is finished. */
  async kill(index: number): Promise<void> {
    await this.#end(index, "SIGKILL");
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((_, index) => this.#end(index, "SIGTERM")));
    rmSync(this.#root, { recursive: true, force: true });
  }

  async height(index: number): Promise<number> {
    try {
      const { sync_info } = (await this.rpc(index, "status")) as { sync_info: { latest_block_height: string } };
      return Number(sync_info.latest_block_height);
    } catch {
      return -1; // Not up yet, or down.
    }
  }

  async rpc(index: number, path: string): Promise<unknown> {
    const response = await fetch(`${this.members[index]!.rpc}/${path}`, { signal: AbortSignal.timeout(3000) });
    return ((await response.json()) as { result: unknown }).result;
  }

  /** @throws Error when it takes longer than `limitMs` */
  async until(what: string, limitMs: number, done: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(200)) if (await done()) return;
    const logs = this.members.map(({ home, log }) => `${home}:\n${log}`);
    throw new Error(`${what}: not within ${limitMs} ms\n${logs.join("\n")}`);
  }

  reach(index: number, height: number, limitMs: number): Promise<void> {
    return this.until(`node ${index} at height ${height}`, limitMs, async () => (await this.height(index)) >= height);
  }

  validatorAddress(index: number): string {
    const file = join(this.members[index]!.home, "config", "priv_validator_key.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { address: string }).address;
  }

  async #end(index: number, signal: NodeJS.Signals): Promise<void> {
    const child = this.members[index]!.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    await gone;
  }
}

/** The first of a range of ports that a net of a few nodes can have. */
async function freePorts(nodes: number, { from, to } = defaultPorts()): Promise<number> {
  const free = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const server = createServer().once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
  const offsets = Array.from({ length: nodes }, (_, i) =>
    [0, 1, METRICS_OFFSET, FREE_OFFSET].map((offset) => PORT_STEP * i + offset),
  ).flat();
  const room = Math.ceil((PORT_STEP * nodes) / 100) * 100;
  for (let port = from; port + room <= to; port += room) {
    const all = await Promise.all(offsets.map((offset) => free(port + offset)));
    if (all.every(Boolean)) return port;
  }
  throw new Error(`no free ports from ${from} to ${to}`);
}

function defaultPorts(): { from: number; to: number } {
  return { from: 30_000 + (process.pid % 200) * 100, to: 60_000 };
}
