import { execFileSync } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { look } from "#test/hostile/gauges.js";
import { Follower, type SeenBlock } from "./follower.js";
import { Wallets } from "./kinds.js";
import type { LoadOptions } from "./options.js";
import { cpuMs, peakMb } from "./processes.js";
import { figures, rounded } from "./report.js";
import { send, type Refusals } from "./sender.js";
import { ask, settle } from "./settle.js";
import type { Chain } from "./chain.js";
import { openEndpoint } from "./endpoint.js";
import { Validators } from "./validators.js";

const IDLE_MS = 10_000;
const STALL_LOOK_MS = 2_000;
/** After the last submission, for what still waits. */
const DRAIN_MS_MAX = 60_000;
/** Signed ahead by default. */
const MAX_TPS_EXPECTED = 1_500;

const note = (text: string): void => void process.stderr.write(`${text}\n`);

/** Runs validators of this machine under load. The names of the answer never change once published. */
export async function runLoad(options: LoadOptions): Promise<object> {
  const { endpoint } = options;
  note(endpoint === undefined ? `${options.validators} validators start` : "accounts get coins");
  const net: Chain = endpoint === undefined ? await Validators.open(options) : await openEndpoint(endpoint, options);
  try {
    const wallets = new Wallets(options.accounts, options.tx, net.target);
    for (const tx of wallets.setup()) await settle(net.urls[0]!, tx);
    wallets.signAhead(options.seconds * (options.rate ?? MAX_TPS_EXPECTED));
    note("idle");
    const idleCores = await coresOver(net.pids, IDLE_MS);
    note(`load: ${options.rate ?? "as many as are taken"} a second, ${options.seconds} s`);
    const seen = await underLoad(net, wallets, options);
    const threads = await net.stop();
    return {
      ...header(options),
      ...seen,
      ...(net.pids.length === 0 ? {} : { idle_cores: rounded(idleCores) }),
      signed_late: wallets.late,
      load_average: loadavg().map(rounded),
      ...(threads.length === 0 ? {} : { threads }),
    };
  } catch (error) {
    await net.stop();
    throw error;
  }
}

function header(options: LoadOptions): object {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const { validators, tx, rate, seconds, accounts, backlog, delayMs, blockGas, pool, endpoint } = options;
  const own = endpoint === undefined;
  return {
    ...{ suite: "load", node: process.version, cores: availableParallelism(), commit },
    ...{ transport: own ? "tributary" : "cometbft", tx, rate: rate ?? "max", seconds, accounts, backlog },
    ...(own ? { validators, delay_ms: delayMs } : {}),
    ...(own ? { block_gas: blockGas === undefined ? "default" : Number(blockGas), pool: pool ?? "default" } : {}),
  };
}

/** Cores that the processes keep busy together. */
async function coresOver(pids: readonly number[], ms: number): Promise<number> {
  const [beforeMs, startMs] = [allCpuMs(pids), performance.now()];
  await sleep(ms);
  return (allCpuMs(pids) - beforeMs) / (performance.now() - startMs);
}

const allCpuMs = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuMs(pid), 0);

async function underLoad(net: Chain, wallets: Wallets, options: LoadOptions): Promise<object> {
  const submitted = new Map<string, { submittedMs: number; answeredMs: number }>();
  const blocks: SeenBlock[] = [];
  const included = new Set<string>();
  let tell: (txs: readonly string[]) => void = () => undefined;
  const follower = new Follower(net.urls[0]!, (block) => {
    blocks.push(block);
    for (const tx of block.txs) included.add(tx);
    tell(block.txs);
  });
  await follower.subscribed;
  const [stop, stopLooks] = [new AbortController(), new AbortController()];
  const stalls = watchStalls(net.metricsPorts, stopLooks.signal);
  const cpuBefore = net.pids.map(cpuMs);
  const startMs = performance.now();
  const sending = send(
    {
      endpoints: net.urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) })),
      source: wallets,
      rate: options.rate,
      waits: wallets.waits,
      isIncluded: (tx) => included.has(tx),
      onIncluded: (listener) => (tell = listener),
      room: () => options.backlog - (submitted.size - included.size),
      accepted: (tx, submittedMs, answeredMs) => void submitted.set(tx, { submittedMs, answeredMs }),
    },
    stop.signal,
  );
  await Promise.race([sleep(1000 * options.seconds), sending]); // It ends early only by an error.
  stop.abort();
  const refusals: Refusals = await sending;
  const endMs = performance.now();
  note("drain");
  while (included.size < submitted.size && performance.now() - endMs < DRAIN_MS_MAX) await sleep(100);
  const cpu = net.pids.map((pid, i) => cpuMs(pid) - cpuBefore[i]!);
  const wallMs = performance.now() - startMs;
  stopLooks.abort();
  const stallMs = await stalls;
  await follower.close();
  const rssMb = Math.max(...net.pids.map(peakMb)); // Before they answer what follows.
  const failed = await failures(net.urls[0]!, blocks);
  const all = cpu.reduce((sum, ms) => sum + ms, 0);
  const found = figures({ startMs, endMs, blocks, submitted });
  return {
    ...found,
    ...(cpu.length === 0
      ? {}
      : {
          cpu_ms_per_tx: rounded(all / found.included),
          cpu_cores: rounded(all / wallMs),
          cpu_ms_per_tx_node: cpu.map((ms) => rounded(ms / found.included)),
          rss_mb: rounded(rssMb),
        }),
    ...(net.metricsPorts.length === 0 ? {} : { loop_stall_ms_max: rounded(stallMs) }),
    failed,
    refusals: Object.fromEntries(refusals),
  };
}

/** The longest stall of a main thread until the signal. */
async function watchStalls(ports: readonly number[], signal: AbortSignal): Promise<number> {
  await Promise.all(ports.map(look)); // The first look covers the time before.
  let longest = 0;
  while (!signal.aborted) {
    await sleep(STALL_LOOK_MS, undefined, { signal }).catch(() => undefined);
    const seen = await Promise.all(ports.map(look));
    longest = Math.max(longest, ...seen.map(({ stallMs }) => stallMs));
  }
  return longest;
}

/** Transactions that are in a block and failed there, by their codes and logs. */
async function failures(url: string, blocks: readonly SeenBlock[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { height, txs } of blocks) {
    if (txs.length === 0) continue;
    const results = await ask<{ txs_results: readonly { code: number; log: string }[] | null }>(
      url,
      `block_results?height=${height}`,
    );
    for (const { code, log } of results?.txs_results ?? []) {
      if (code === 0) continue;
      const why = `${code} ${log.replace(/\d+/g, "N").slice(0, 200)}`;
      counts[why] = (counts[why] ?? 0) + 1;
    }
  }
  return counts;
}
