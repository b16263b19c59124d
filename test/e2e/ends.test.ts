import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT } from "#cli/exit.js";
import { homeLayout } from "#node/config/home.js";
import { alone } from "#node/home/home-lock.js";

const main = new URL("../../cli/main.js", import.meta.url).pathname;
const hurt = new URL("../fixtures/hurt-process.js", import.meta.url).href;
/** What every end of a process keeps. */
const END_MS_MAX = 10_000;

/** Each part has processes of its own: they start side by side. */
const LIMITS = { timeout: 120_000, concurrency: true };

const root = mkdtempSync(join(tmpdir(), "tribd-ends-"));
const model = join(root, "model");
/** A port that another process has, on every interface. */
const occupier = createServer();
let taken = 0;

before(async () => {
  const made = spawnSync(process.execPath, [main, "init", "model", "--home", model], { encoding: "utf8" });
  assert.equal(made.status, EXIT.ok, made.stderr);
  occupier.listen(0, "0.0.0.0");
  await once(occupier, "listening");
  taken = (occupier.address() as AddressInfo).port;
});

after(() => {
  occupier.close();
  rmSync(root, { recursive: true, force: true });
});

interface Running {
  readonly home: string;
  readonly child: ChildProcess;
  readonly said: () => string;
  /** The exit code, and the time since it said what is wrong, or else since the call. */
  ended(): Promise<{ readonly code: number | null; readonly tookMs: number }>;
}

let homes = 0;

/** A node of its own home with free ports. */
function start(settings: Readonly<Record<string, string>> = {}, home = join(root, `home${homes++}`)): Running {
  if (!existsSync(home)) cpSync(model, home, { recursive: true });
  const env = {
    PATH: process.env["PATH"],
    NO_COLOR: "1",
    TRIBD_P2P_LADDR: "tcp://127.0.0.1:0",
    TRIBD_RPC_LADDR: "tcp://127.0.0.1:0",
    TRIBD_API_ADDRESS: "tcp://127.0.0.1:0",
    TRIBD_CONSENSUS_BLOCK_INTERVAL_MS: "100",
    ...settings,
  };
  const child = spawn(process.execPath, ["--import", hurt, main, "start", "--home", home], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  let failedMs: number | undefined;
  child.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    if (/^(error|bug):/m.test(chunk)) failedMs ??= performance.now();
  });
  const exited = once(child, "exit");
  return {
    home,
    child,
    said: () => text,
    async ended() {
      const from = performance.now();
      const late = setTimeout(() => child.kill("SIGKILL"), LIMITS.timeout / 2);
      const [code] = (await exited) as [number | null];
      clearTimeout(late);
      return { code, tookMs: performance.now() - (failedMs ?? from) };
    },
  };
}

/** The URL of its RPC, once it answers. */
async function url({ child, said }: Running): Promise<string> {
  for (;;) {
    const found = /RPC on (http:\S+)/.exec(said())?.[1];
    if (found !== undefined) return found;
    assert.equal(child.exitCode, null, said());
    await sleep(20);
  }
}

async function height(rpc: string): Promise<number> {
  const answer = (await (await fetch(`${rpc}/status`)).json()) as {
    result: { sync_info: { latest_block_height: string } };
  };
  return Number(answer.result.sync_info.latest_block_height);
}

async function reaches(rpc: string, wanted: number): Promise<void> {
  while ((await height(rpc)) < wanted) await sleep(50);
}

function assertEnd(end: { code: number | null; tookMs: number }, code: number, said: string): void {
  assert.equal(end.code, code, said);
  assert.ok(end.tookMs < END_MS_MAX, `${Math.round(end.tookMs)} ms`);
}

test("a listener whose port is taken ends the process, though others listen already", LIMITS, async () => {
  const node = start({ TRIBD_API_ADDRESS: `tcp://127.0.0.1:${taken}` });
  assertEnd(await node.ended(), EXIT.notStarted, node.said());
  assert.match(node.said(), new RegExp(`error: cannot listen on 127.0.0.1:${taken} \\(api.address\\): it is taken`));
  assert.doesNotMatch(node.said(), /bug:|not closed/);
});

test("what a running node meets", LIMITS, async (t) => {
  await Promise.all([
    t.test("the thread of the chain dies in the middle of a call: the node ends with its code", async () => {
      const node = start({ HURT: "kill-chain" });
      await reaches(await url(node), 2);
      node.child.kill("SIGUSR2");
      assertEnd(await node.ended(), EXIT.stopped, node.said());
      assert.match(node.said(), /error: the node stopped: a thread of this node ended with code 1/);
    }),

    t.test("a closer that hangs holds nothing up; and the home is free", async () => {
      const node = start({ HURT: "stuck-close" });
      await reaches(await url(node), 2);
      node.child.kill("SIGTERM");
      assertEnd(await node.ended(), EXIT.stopped, node.said());
      assert.match(node.said(), /not closed: the network: not closed after 3000 ms/);
      await alone(homeLayout(node.home), () => undefined);
    }),

    t.test("SIGTERM while it starts ends it", async () => {
      const node = start();
      while (!existsSync(join(node.home, "data", "chain.db")) && node.child.exitCode === null) await sleep(5);
      node.child.kill("SIGTERM");
      assertEnd(await node.ended(), EXIT.ok, node.said());
      assert.doesNotMatch(node.said(), /bug:/);
    }),

    t.test("a lost reader of its log and a lost terminal are no reason to end, and IPv6 is an address", async () => {
      const hasV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
      const node = start({
        TRIBD_LOG_LEVEL: "debug",
        ...(hasV6 ? { TRIBD_RPC_LADDR: "tcp://[::1]:0", TRIBD_API_ADDRESS: "tcp://[::1]:0" } : {}),
      });
      const rpc = await url(node);
      assert.equal(rpc.startsWith("http://[::1]:"), hasV6);
      node.child.stderr!.destroy();
      node.child.kill("SIGHUP");
      await reaches(rpc, (await height(rpc)) + 3);
      assert.equal((await fetch(`${rpc}/health`)).status, 200);
      assert.equal((await fetch(`${rpc}/ready`)).status, 200);
      node.child.kill("SIGTERM");
      assertEnd(await node.ended(), EXIT.ok, "");
    }),

    t.test("an error that nothing takes: of a connection it is counted, of the program it ends it", async () => {
      const metrics = createServer().listen(0, "127.0.0.1");
      await once(metrics, "listening");
      const { port } = metrics.address() as AddressInfo;
      metrics.close();
      const node = start({
        HURT: "uncaught",
        TRIBD_INSTRUMENTATION_PROMETHEUS: "true",
        TRIBD_INSTRUMENTATION_PROMETHEUS_LISTEN_ADDR: `127.0.0.1:${port}`,
      });
      const rpc = await url(node);
      node.child.kill("SIGUSR2");
      await reaches(rpc, (await height(rpc)) + 2);
      const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      assert.match(page, /process_uncaught_errors_total\{kind="connection",.*\} 1/);
      node.child.kill("SIGUSR2");
      assertEnd(await node.ended(), EXIT.bug, node.said());
      assert.match(node.said(), /bug: Error: nobody takes this/);
    }),
  ]);
});

test("a full disk ends the node with its code, and frees its home", LIMITS, async (t) => {
  const disk = join(root, "disk");
  mkdirSync(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]).status === 0;
  if (!mounted) return t.skip("only root may mount a small disk");
  try {
    const home = join(disk, "home");
    const node = start({}, home);
    await reaches(await url(node), 3);
    const filler = join(disk, "filler");
    try {
      for (;;) appendFileSync(filler, new Uint8Array(4096));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
    }
    assertEnd(await node.ended(), EXIT.stopped, node.said());
    assert.match(node.said(), /the disk is full/);
    assert.match(node.said(), /^ {2}make room there$/m);
    assert.doesNotMatch(node.said(), /bug:/);
    rmSync(filler);
    await alone(homeLayout(home), () => undefined);
  } finally {
    spawnSync("umount", ["-l", disk]);
  }
});
