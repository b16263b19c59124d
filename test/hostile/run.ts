import { fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { seeded } from "../simulation/random.js";
import { ACCOUNTS } from "./accounts.js";
import { VICTIM, type Adversary, type Blow, type Control } from "./adversary.js";
import type { Order, Report } from "./attack.js";
import { judge, type HonestBan, type Verdict } from "./judge.js";
import type { Measured } from "./measure.js";
import { honestBans, HostileNet, type NetOptions } from "./net.js";
import { DOWN_MS } from "./waiting.js";
import { Watch } from "./watch.js";

export interface RunOptions {
  readonly adversaries: readonly Adversary[];
  readonly seed: bigint;
  /** For the whole run; attacks are shortened to fit. */
  readonly minutes: number;
  readonly ports: NetOptions["ports"];
  readonly onVerdict: (verdict: Verdict) => void;
  /** What is under way, for people. */
  readonly onProgress: (line: string) => void;
}

const CONTROL_S = 15;
const CONTROL_S_LEAST = 4;
/** Start of a net, recovery after an attack: what is not shortened. */
const START_S = 20;
const BETWEEN_S = 5;
const RECOVERY_MS_MAX = 60_000;
/** What an adversary may need to let go of after its time, before it is killed. */
const GRACE_MS = 90_000;
/** Adversaries that follow each other have accounts of their own: their sequences begin at 0. */
const ACCOUNT_SHARES = 20;
/** A control with a blow is as long as a usual attack. */
const STRUCK_S = 40;

export async function run({
  adversaries,
  seed,
  minutes,
  ports,
  onVerdict,
  onProgress,
}: RunOptions): Promise<readonly Verdict[]> {
  const endMs = performance.now() + minutes * 60_000;
  const planned = adversaries.reduce((sum, { seconds }) => sum + seconds, 0) + CONTROL_S * (adversaries.length + 1);
  const fixed = START_S + BETWEEN_S * adversaries.length;
  const scale = Math.min(1, Math.max(0, (minutes * 60 - fixed) / planned));
  const lasting = (seconds: number, least: number): number => Math.round(Math.max(least, seconds * scale));
  const stage = new Stage({
    ports,
    controlMs: 1000 * lasting(CONTROL_S, CONTROL_S_LEAST),
    struckMs: 1000 * lasting(STRUCK_S, 2 * CONTROL_S_LEAST),
    onProgress,
  });
  const random = seeded(seed);
  const verdicts: Verdict[] = [];
  try {
    for (const [i, adversary] of adversaries.entries()) {
      const seconds = lasting(adversary.seconds, adversary.secondsLeast ?? 5);
      const verdict =
        performance.now() + seconds * 1000 > endMs
          ? notRun(adversary, "--minutes were over")
          : await stage.face(adversary, seconds, random.u64(), i).catch(async (error: Error) => {
              await stage.close();
              return notRun(adversary, error.message);
            });
      verdicts.push(verdict);
      onVerdict(verdict);
    }
  } finally {
    await stage.close();
  }
  return verdicts;
}

/** An adversary that was not faced counts as failed. */
function notRun({ name }: Adversary, why: string): Verdict {
  const nothing = { seconds: 0, died: 0, bannedHonest: 0, blockRateRatio: 0, stallMs: 0, rssGrowthMb: 0 };
  return { name, ...nothing, failures: [`not run: ${why}`] };
}

interface StageTerms extends Pick<RunOptions, "ports" | "onProgress"> {
  readonly controlMs: number;
  readonly struckMs: number;
}

/** The net, its controls and what happens between: opened when it is first needed, and anew when an attack broke it. */
class Stage {
  readonly #terms: StageTerms;
  readonly #controls = new Map<Control, Measured>();
  #net: HostileNet | undefined;
  #bans: readonly HonestBan[] = [];

  constructor(terms: StageTerms) {
    this.#terms = terms;
  }

  async face(adversary: Adversary, seconds: number, seed: bigint, place: number): Promise<Verdict> {
    const net = (this.#net ??= await this.#open());
    const before = this.#controls.get("quiet") ?? (await this.#quiet(net));
    const struck = adversary.control === "quiet" ? undefined : await this.#struck(net, adversary.control);
    this.#terms.onProgress(`${adversary.name} for ${seconds.toFixed(0)} s: ${adversary.does}`);
    const watch = new Watch(net, adversary.control === "absent" ? VICTIM : undefined);
    const startedMs = performance.now();
    const ended = await attacked(net, adversary, Math.round(seconds * 1000), seed, place);
    const during = await watch.end();
    const tookSeconds = (performance.now() - startedMs) / 1000;
    const missing = net.dead().length > 0 ? undefined : await net.recovered(RECOVERY_MS_MAX);
    const after = net.dead().length > 0 || missing !== undefined ? undefined : await this.#quiet(net);
    const died = net.dead();
    const problems = [ended, missing].filter((problem) => problem !== undefined);
    const rates = [before, after ?? before].map(({ blocksPerSecond }) => blocksPerSecond);
    const verdict = judge({
      name: adversary.name,
      seconds: tookSeconds,
      controlRate: struck?.blocksPerSecond ?? (rates[0]! + rates[1]!) / 2,
      ...{ before, during, died, banned: this.#bans, problems },
    });
    if (died.length > 0 || missing !== undefined || this.#bans.length > 0) await this.close();
    return verdict;
  }

  async close(): Promise<void> {
    await this.#net?.stop();
    this.#net = undefined;
    this.#controls.delete("quiet");
  }

  #told(kind: Control, { blocksPerSecond, stallMs, rssMb }: Measured): void {
    const rss = rssMb.map((mb) => mb?.toFixed(0) ?? "-").join(" ");
    this.#terms.onProgress(
      `control ${kind}: ${blocksPerSecond.toFixed(2)} blocks/s, stall ${stallMs.toFixed(0)} ms, rss ${rss} MB`,
    );
  }

  async #open(): Promise<HostileNet> {
    const { onLogLine, bans, knows } = honestBans();
    const net = await HostileNet.open({ ports: this.#terms.ports, accounts: ACCOUNTS, onLogLine });
    knows(net);
    this.#bans = bans;
    const missing = await net.recovered(RECOVERY_MS_MAX);
    if (missing === undefined) return net;
    await net.stop();
    throw new Error(`the net does not start: ${missing}`);
  }

  async #quiet(net: HostileNet): Promise<Measured> {
    const watch = new Watch(net, undefined);
    await sleep(this.#terms.controlMs);
    const measured = await watch.end();
    this.#controls.set("quiet", measured);
    this.#told("quiet", measured);
    return measured;
  }

  /** The same blow to the victim without an adversary; measured once. */
  async #struck(net: HostileNet, kind: Exclude<Control, "quiet">): Promise<Measured> {
    const known = this.#controls.get(kind);
    if (known !== undefined) return known;
    const watch = new Watch(net, VICTIM);
    await net.strike("kill");
    await sleep(kind === "absent" ? this.#terms.struckMs : DOWN_MS);
    if (kind === "restart") {
      await net.strike("start");
      await sleep(this.#terms.struckMs - DOWN_MS);
    }
    const measured = await watch.end();
    if (kind === "absent") await net.strike("start");
    this.#controls.set(kind, measured);
    this.#told(kind, measured);
    const missing = await net.recovered(RECOVERY_MS_MAX);
    if (missing !== undefined) {
      throw new Error(`the net does not come back from a restart of one validator: ${missing}`);
    }
    return measured;
  }
}

/** Runs the adversary in its process. Resolves with what it saw go wrong. */
function attacked(
  net: HostileNet,
  { name }: Adversary,
  ms: number,
  seed: bigint,
  place: number,
): Promise<string | undefined> {
  const child = fork(new URL("./attack.js", import.meta.url), { serialization: "advanced" });
  const count = ACCOUNTS / ACCOUNT_SHARES;
  const order: Order = { name, net: net.view, seed, ms, accounts: { first: (place % ACCOUNT_SHARES) * count, count } };
  const overdue = setTimeout(() => child.kill("SIGKILL"), ms + GRACE_MS);
  const strike = async (blow: Blow): Promise<void> => {
    await net.strike(blow);
    if (child.connected) child.send({ struck: blow });
  };
  return new Promise<string | undefined>((resolve, reject) => {
    child.on("message", (message) => {
      const report = message as Report;
      if ("ended" in report) {
        resolve(report.ended);
        child.kill("SIGKILL"); // Its sockets end as those of a machine that is switched off.
      } else strike(report.strike).catch(reject);
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(`the adversary itself ended with ${signal ?? `status ${code}`}`));
    child.send(order);
  }).finally(() => clearTimeout(overdue));
}
