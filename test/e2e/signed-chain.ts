import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toHex, type Bytes } from "#proto/bytes.js";
import { base64 } from "@scure/base";
import { isRejection } from "#proto/rejection.js";
import { decodeSignerAnswer, decodeSignerRequest, SIGNER_FRAME_BYTES_MAX } from "#proto/wire/signer.js";
import type { ByteLink, ByteListener } from "#p2p/transport/byte-link.js";
import { createFramer } from "#p2p/transport/framer.js";
import { dialUnix, listenUnix } from "#p2p/transport/unix-link.js";
import { tribd } from "./localnet.js";

const program = new URL("../../cli/main.js", import.meta.url).pathname;
const FAST = ["--consensus.block_interval_ms", "100", "--consensus.timeout_propose_ms", "300"];
const LOG_KEPT = 6_000;
const STEP_PROPOSAL = 1;

/** Every signature that a key was ever seen to give, by place. */
export class Journal {
  readonly #signed = new Map<string, string>();
  readonly contradictions: string[] = [];

  note(height: bigint | string, round: number, step: number, signature: Bytes): void {
    const place = `${height}/${round}/${step}`;
    const text = toHex(signature);
    const known = this.#signed.get(place);
    if (known !== undefined && known !== text) this.contradictions.push(`${place}: ${known} and ${text}`);
    this.#signed.set(place, text);
  }

  get size(): number {
    return this.#signed.size;
  }
}

type Commands = Readonly<Record<"node" | "signer", readonly string[]>>;

/** A chain of one validator whose key lives in a signer's process: no signature, no block. */
export class SignedChain {
  readonly journal = new Journal();
  readonly #root: string;
  readonly #rpc: string;
  readonly #commands: Commands;
  /** Where the node waits for its signer. */
  readonly signerAddress: string;
  readonly #processes: { node: ChildProcess | undefined; signer: ChildProcess | undefined } = {
    node: undefined,
    signer: undefined,
  };
  #proxy: ByteListener | undefined;
  log = "";

  private constructor(root: string, rpc: string, signerAddress: string, commands: Commands) {
    this.signerAddress = signerAddress;
    this.#root = root;
    this.#rpc = rpc;
    this.#commands = commands;
  }

  static async create(transport: "unix" | "tcp"): Promise<SignedChain> {
    const root = mkdtempSync(join(tmpdir(), "tributary-signed-"));
    const [port, signerPort] = await Promise.all([freePort(), freePort()]);
    const run = (...args: string[]): string => {
      const { status, stdout, stderr } = tribd(args);
      if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
      return stdout.trim();
    };
    run("testnet", "init-files", "--v", "1", "--output-dir", join(root, "net"), "--starting-port", String(port));
    const [node, signer] = [join(root, "net", "val0"), join(root, "signer")];
    const key = join(node, "config", "priv_validator_key.json");
    const state = join(node, "data", "priv_validator_state.json");
    run("signer", "init", "--home", signer, "--chain-id", "tributary-dev-1", "--key", key, "--state", state);
    rmSync(key);
    rmSync(state);
    const socket = (name: string): string => `unix://${join(root, name)}`;
    const peer = run("signer", "show-id", "--home", signer);
    const listen = transport === "unix" ? socket("node.sock") : `tcp://127.0.0.1:${signerPort}`;
    const dial =
      transport === "unix"
        ? socket("proxy.sock")
        : `tcp://${run("comet", "show-node-id", "--home", node)}@127.0.0.1:${signerPort}`;
    const addresses = ["--priv_validator_laddr", listen, "--priv_validator_peer_id", peer];
    const chain = new SignedChain(root, `http://127.0.0.1:${port + 1}`, listen, {
      node: ["start", "--home", node, ...addresses, ...FAST],
      signer: ["signer", "start", "--home", signer, "--node", dial],
    });
    if (transport === "unix") chain.#proxy = await listenUnix(join(root, "proxy.sock"), (link) => chain.#relay(link));
    return chain;
  }

  start(what: "node" | "signer"): void {
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("TRIBD_"));
    const env = { ...Object.fromEntries(kept), NO_COLOR: "1", TRIBD_API_ENABLE: "false" };
    const child = spawn(process.execPath, [program, ...this.#commands[what]], {
      stdio: ["ignore", "ignore", "pipe"],
      env,
    });
    child.stderr.on("data", (chunk: Buffer) => (this.log = (this.log + chunk.toString()).slice(-LOG_KEPT)));
    this.#processes[what] = child;
  }

  isRunning(what: "node" | "signer"): boolean {
    const child = this.#processes[what];
    return child?.exitCode === null && child.signalCode === null;
  }

  /** kill -9; of a signer what its record says it signed is noted before anybody can change it. */
  async kill(what: "node" | "signer", signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#processes[what];
    if (child !== undefined && this.isRunning(what)) {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill(signal);
      await gone;
    }
    if (what === "signer") this.#noteRecord();
  }

  async height(): Promise<number> {
    try {
      const { sync_info } = (await this.rpc("status")) as { sync_info: { latest_block_height: string } };
      return Number(sync_info.latest_block_height);
    } catch {
      return -1; // Not up yet, or down.
    }
  }

  async rpc(path: string): Promise<unknown> {
    const response = await fetch(`${this.#rpc}/${path}`, { signal: AbortSignal.timeout(20_000) });
    return ((await response.json()) as { result: unknown }).result;
  }

  /** The height that it has then. @throws Error when it takes longer than `limitMs` */
  async reach(height: number, limitMs: number): Promise<number> {
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50)) {
      const now = await this.height();
      if (now >= height) return now;
      for (const what of ["node", "signer"] as const) {
        if (!this.isRunning(what)) throw new Error(`height ${height}: the ${what} died by itself\n${this.log}`);
      }
    }
    throw new Error(`height ${height}: not within ${limitMs} ms\n${this.log}`);
  }

  /** The signatures under the blocks join the journal: they too were given by the key. */
  async noteBlocks(): Promise<void> {
    for (let height = await this.height(); height > 0; height--) {
      const { signed_header } = (await this.rpc(`commit?height=${height}`)) as {
        signed_header: { commit: { round: number; signatures: { signature: string | null }[] } };
      };
      const { round, signatures } = signed_header.commit;
      for (const { signature } of signatures) {
        if (signature !== null) this.journal.note(String(height), round, 3, base64.decode(signature));
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.kill("node", "SIGTERM"), this.kill("signer", "SIGTERM")]);
    await this.#proxy?.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  #noteRecord(): void {
    const path = join(this.#root, "signer", "data", "priv_validator_state.json");
    if (!existsSync(path)) return;
    const { height, round, step, signature } = JSON.parse(readFileSync(path, "utf8")) as {
      height: string;
      round: number;
      step: number;
      signature?: string;
    };
    if (signature !== undefined) this.journal.note(height, round, step, base64.decode(signature));
  }

  /** Between signer and node: passes everything on, and writes down each signature beside the place it was asked for. */
  #relay(signer: ByteLink) {
    const places = new Map<bigint, (signature: Bytes) => void>();
    const [asked, answered] = [createFramer(SIGNER_FRAME_BYTES_MAX), createFramer(SIGNER_FRAME_BYTES_MAX)];
    const early: Bytes[] = [];
    let node: ByteLink | undefined;
    const onRequest = (frame: Bytes): void => {
      const request = decodeSignerRequest(frame);
      if (isRejection(request)) return this.#broken("a request");
      const { id, vote, proposal } = request;
      if (vote !== undefined) {
        const { height, round, type } = vote;
        places.set(id, (signature) => this.journal.note(height, round, STEP_PROPOSAL + type, signature));
      } else if (proposal !== undefined) {
        const { height, round } = proposal;
        places.set(id, (signature) => this.journal.note(height, round, STEP_PROPOSAL, signature));
      }
    };
    const onAnswer = (frame: Bytes): void => {
      const answer = decodeSignerAnswer(frame);
      if (isRejection(answer)) return this.#broken("an answer");
      if (answer.signature.length === 64) places.get(answer.id)?.(answer.signature);
    };
    dialUnix(join(this.#root, "node.sock"), (link) => {
      node = link;
      for (const bytes of early) link.send(bytes);
      return {
        bytes(chunk) {
          for (const frame of asked.push([chunk]) ?? []) onRequest(frame);
          signer.send(chunk);
        },
        closed: () => signer.close(),
      };
    }).catch(() => signer.close()); // The node is down: its signer dials again.
    return {
      bytes(chunk: Bytes) {
        for (const frame of answered.push([chunk]) ?? []) onAnswer(frame);
        if (node === undefined) early.push(chunk);
        else node.send(chunk);
      },
      closed: () => node?.close(),
    };
  }

  #broken(what: string): void {
    this.journal.contradictions.push(`${what} on the wire is invalid`);
  }
}

/** With the one above it. */
async function freePort(): Promise<number> {
  const free = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const server = createServer().once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
  for (;;) {
    const port = 30_000 + Math.floor(Math.random() * 14_000) * 2;
    if ((await free(port)) && (await free(port + 1))) return port;
  }
}
