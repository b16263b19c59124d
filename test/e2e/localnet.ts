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

interface Member {
  readonly home: string;
  readonly rpc: string;
  process: ChildProcess | undefined;
  /** The end of what it said. */
  log: string;
}

const LOG_KEPT = 4_000;

/** Validators of one development chain, each a process with a home, keys, database and sockets of its own. */
export class Localnet {
  readonly members: Member[] = [];
  readonly #root = mkdtempSync(join(tmpdir(), "tributary-net-"));

  static async create(validators: number): Promise<Localnet> {
    const net = new Localnet();
    const port = await freePorts();
    const args = ["--v", String(validators), "--output-dir", net.#root, "--starting-port", String(port), "-o", "json"];
    const made = tribd(["testnet", "init-files", ...args]);
    if (made.status !== 0) throw new Error(`init-files: ${made.stderr}`);
    const { nodes } = JSON.parse(made.stdout) as { nodes: { home: string; rpc: string }[] };
    for (const { home, rpc } of nodes)
      net.members.push({ home, rpc: rpc.replace("tcp://", "http://"), process: undefined, log: "" });
    return net;
  }

  start(index: number): void {
    const member = this.members[index]!;
    const log = ["ignore", "ignore", "pipe"] as const;
    member.process = spawn(process.execPath, [program, "start", "--home", member.home], {
      stdio: [...log],
      env: environment(),
    });
    member.process.stderr?.on(
      "data",
      (chunk: Buffer) => (member.log = (member.log + chunk.toString()).slice(-LOG_KEPT)),
    );
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
async function freePorts(): Promise<number> {
  const free = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const server = createServer().once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
  for (let port = 30_000 + (process.pid % 200) * 100; port < 60_000; port += 100) {
    const all = await Promise.all([0, 1, 10, 11, 20, 21, 30, 31].map((offset) => free(port + offset)));
    if (all.every(Boolean)) return port;
  }
  throw new Error("no free ports");
}
