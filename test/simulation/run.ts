import { hear, nothingHeard, type Heard } from "./accountability.js";
import { Chaos, type CoreWanted } from "./chaos.js";
import { Cluster, settings } from "./cluster.js";
import { forkOn, holdToAccount, plottersOf, type Plotters } from "./fork.js";
import { HiddenLocks } from "./hidden-lock.js";
import { Illness } from "./illness.js";
import { Losses } from "./losses.js";
import { punishes } from "./punishment.js";
import { seeded, type SeededRandom } from "./random.js";
import { roleNames, type RoleName } from "./roles/index.js";
import { SignerTrouble } from "./signer-trouble.js";
import { drawStakes, operatorName, OPERATOR_BALANCE, type Stake } from "./stakes.js";
import { Workload, WORKLOAD_BALANCES } from "./workload.js";

/**
 * safety: stops where the faults stop. liveness: then heals a core and asks for its next block. accountability: then more
 * than a third of the power, which behaved until now, tries to fork the chain.
 */
export const modes = ["safety", "liveness", "accountability"] as const;
export type Mode = (typeof modes)[number];

export interface RunOptions {
  /** From the seed when absent. */
  readonly validators?: number;
  /** From the seed when absent. */
  readonly mode?: Mode;
  /** Faults go on until this number of heights is decided, or CHAOS_MS_MAX are over. */
  readonly heights: bigint;
  readonly trace?: (line: string) => void;
}

export interface RunResult {
  readonly seed: bigint;
  /** What the seed made of the menu, for people. */
  readonly about: string;
  readonly digest: string;
  readonly heights: bigint;
  readonly transactions: number;
  /** Heights at which the set of validators changed: stake that moved, convictions. */
  readonly setChanges: number;
  readonly virtualMs: number;
  readonly faults: Readonly<Record<string, number>>;
  /** The first promise that was broken. */
  readonly problem: string | undefined;
}

const CHAOS_MS_MAX = 150_000;
/** What is missing then of the heights that were asked for comes in peace. */
const REST_MS_MAX = 120_000;
/** Some turns of each plotter as proposer. */
const FORK_MS_MAX = 30_000;
/** Everybody, once everything is healed: redialling, the slowest start, and fetching what was missed. */
const ALL_MS_MAX = 90_000;

/** One seed: whole nodes under faults, and after them the proof that they only waited. */
export async function simulate(seed: bigint, options: RunOptions): Promise<RunResult> {
  const random = seeded(seed ^ 0xc1a05n);
  const count = options.validators ?? (random.chance(60) ? 4 : 5 + random.below(random.chance(80) ? 3 : 9));
  const wanted = options.mode ?? drawMode(random);
  const weighted = random.chance(40);
  const powers = Array.from({ length: count }, () => (weighted ? BigInt(5 + random.below(20)) : 10n));
  const plotters = wanted === "accountability" ? plottersOf(powers, random) : undefined;
  const mode = wanted === "accountability" && plotters === undefined ? "safety" : wanted;
  const roles = plotters === undefined ? drawRoles(powers, random) : equivocators(plotters);
  const stakes = plotters === undefined ? movingStakes(seed, powers, roles) : [];
  const joins = stakes.some(({ index }) => index === count);
  const members = joins ? [...powers, 0n] : powers;
  // Two who pass nothing on would cut a ring in halves.
  const ring = plotters === undefined && random.chance(10) && Object.keys(roles).length <= 1;
  const strangers = plotters === undefined && !ring ? drawStrangers(seed, members.length) : {};
  const machines = [...members, ...Object.keys(strangers).map(() => 0n)];
  const remote = plotters === undefined ? drawRemoteSigners(seed, powers, roles) : [];
  const heard = new Map<bigint, Heard>();
  const cluster = new Cluster({
    seed,
    powers: machines,
    balances: {
      ...WORKLOAD_BALANCES,
      ...Object.fromEntries(stakes.map((stake) => [operatorName(stake), OPERATOR_BALANCE])),
    },
    roles: { ...roles, ...strangers },
    remoteSigners: remote,
    diskMs: random.below(15),
    ...(ring ? { links: machines.map((_power, i) => [i, (i + 1) % machines.length] as const) } : {}),
    ...(plotters === undefined ? {} : { heard: (input) => hear(input, (height) => heardAt(heard, height)) }),
    ...(options.trace === undefined ? {} : { trace: options.trace }),
  });
  const chaos = new Chaos(cluster, random.fork());
  const illness = illDisks(seed, cluster);
  const calm = mode === "safety" && plotters === undefined && Object.keys(roles).length === 0 && stakes.length === 0;
  const losses = calm ? lossesOf(seed, powers, cluster) : undefined;
  const signers = remote.length > 0 ? new SignerTrouble(cluster, seeded(seed ^ 0x516e5401n)) : undefined;
  const hiddenLocks = plotters === undefined && !ring ? drawHiddenLocks(seed, cluster) : undefined;
  const workload = new Workload(cluster, stakes);
  const { checks, plot } = cluster;
  if (plotters !== undefined) plot.mode = "off";
  cluster.start();
  workload.start();
  chaos.start();
  illness?.start();
  losses?.start();
  signers?.start();
  hiddenLocks?.start();
  await cluster.until(() => checks.highest >= options.heights, CHAOS_MS_MAX);
  chaos.stop();
  illness?.stop();
  losses?.stop();
  signers?.stop();
  hiddenLocks?.stop();
  if (mode === "liveness" && checks.problems.length === 0) {
    const most = machines.map((power, index) => stakes.find((stake) => stake.index === index)?.most ?? power);
    await goesOn(cluster, chaos, workload, { least: machines, most, all: ring });
  }
  if (checks.highest < options.heights && checks.problems.length === 0) {
    chaos.healAll();
    if (!(await cluster.reach(options.heights, REST_MS_MAX)) && checks.problems.length === 0) {
      checks.problem(`not all have height ${options.heights} in ${REST_MS_MAX} ms of peace: ${cluster.where()}`);
    }
  }
  if (plotters !== undefined && checks.problems.length === 0) {
    chaos.healAll();
    await forkOn(cluster, plotters, FORK_MS_MAX);
    holdToAccount(cluster, heard);
    cluster.inflict("forks", checks.forks.size);
  }
  workload.stop();
  cluster.stop();
  if (checks.forks.size === 0 && checks.problems.length === 0) await cluster.checkChain();
  return {
    seed,
    about: [
      `${count} validators${weighted ? ` of powers ${powers.join(" ")}` : ""}`,
      ...(ring ? ["in a ring"] : []),
      mode,
      ...Object.values(roles),
      ...Object.values(strangers).map((role) => `a stranger as ${role}`),
      ...(stakes.length > 0 ? [`${stakes.length} moving stakes`] : []),
      ...(joins ? ["one joins"] : []),
      ...(illness === undefined ? [] : ["ill disks"]),
      ...(losses === undefined ? [] : ["one that loses what it wrote"]),
      ...(remote.length > 0 ? [`${remote.length} remote signers`] : []),
      ...(hiddenLocks === undefined ? [] : ["hidden locks"]),
    ].join(", "),
    digest: cluster.digest(),
    heights: checks.highest,
    transactions: checks.transactions,
    setChanges: checks.setChanges,
    virtualMs: cluster.clock.monotonicMs(),
    faults: cluster.faults(),
    problem: checks.problems[0],
  };
}

function drawMode(random: SeededRandom): Mode {
  const at = random.below(100);
  return at < 65 ? "liveness" : at < 90 ? "safety" : "accountability";
}

/** In half of the seeds, from a stream of its own. */
function movingStakes(seed: bigint, powers: readonly bigint[], roles: Readonly<Record<number, RoleName>>): Stake[] {
  const random = seeded(seed ^ 0x57a4en);
  if (random.chance(50)) return [];
  const honest = [...powers.keys()].filter((index) => roles[index] === undefined);
  return drawStakes(powers, honest, random);
}

/** In a third of the seeds, from a stream of its own. */
function illDisks(seed: bigint, cluster: Cluster): Illness | undefined {
  const random = seeded(seed ^ 0xd15cn);
  return random.chance(33) ? new Illness(cluster, random) : undefined;
}

/**
 * One honest machine of less than a third, without dishonest ones: if it lost its log it signs nothing, and the
 * others have to be more than two thirds at every height without it.
 */
function lossesOf(seed: bigint, powers: readonly bigint[], cluster: Cluster): Losses | undefined {
  const random = seeded(seed ^ 0x1055n);
  const victim = random.below(powers.length);
  const total = powers.reduce((sum, power) => sum + power, 0n);
  return 3n * powers[victim]! < total ? new Losses(cluster, random, victim) : undefined;
}

/** In a fifth of the seeds, from a stream of its own: one or two honest validators. */
function drawRemoteSigners(
  seed: bigint,
  powers: readonly bigint[],
  roles: Readonly<Record<number, RoleName>>,
): readonly number[] {
  const random = seeded(seed ^ 0x516e5400n);
  const honest = [...powers.keys()].filter((index) => roles[index] === undefined);
  const count = random.chance(20) ? 1 + random.below(2) : 0;
  return Array.from({ length: count }, () => honest.splice(random.below(honest.length), 1)[0]!);
}

/** In a quarter of the seeds, from a stream of its own. */
function drawHiddenLocks(seed: bigint, cluster: Cluster): HiddenLocks | undefined {
  const random = seeded(seed ^ 0x10c4edn);
  return random.chance(25) ? new HiddenLocks(cluster, random) : undefined;
}

function heardAt(heard: Map<bigint, Heard>, height: bigint): Heard {
  let words = heard.get(height);
  if (words === undefined) heard.set(height, (words = nothingHeard()));
  return words;
}

const equivocators = ({ dishonest }: Plotters): Record<number, RoleName> =>
  Object.fromEntries(dishonest.map((index) => [index, "equivocator"]));

/** In half of the seeds: dishonest validators with less than a third of the power together. */
function drawRoles(powers: readonly bigint[], random: SeededRandom): Record<number, RoleName> {
  if (random.chance(50)) return {};
  const total = powers.reduce((sum, power) => sum + power, 0n);
  const roles: Record<number, RoleName> = {};
  const most = 1 + random.below(Math.max(1, Math.floor((powers.length - 1) / 3)));
  let power = 0n;
  for (let tries = 0; tries < 2 * powers.length && Object.keys(roles).length < most; tries++) {
    const index = random.below(powers.length);
    if (roles[index] !== undefined || 3n * (power + powers[index]!) >= total) continue;
    power += powers[index]!;
    roles[index] = roleNames[random.below(roleNames.length)]!;
  }
  return roles;
}

/** In a quarter of the seeds, from a stream of its own: machines without power, which lie about blocks. */
function drawStrangers(seed: bigint, first: number): Record<number, RoleName> {
  const random = seeded(seed ^ 0x57a9en);
  const count = random.chance(25) ? 1 + random.below(2) : 0;
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [first + i, "lying server" as const]));
}

/** A core above two thirds is healed and all else stays broken: its next block. Then all is healed: everybody's. */
async function goesOn(cluster: Cluster, chaos: Chaos, workload: Workload, wanted: CoreWanted): Promise<void> {
  const { checks } = cluster;
  const core = chaos.healCore(wanted);
  const bound = boundMs(cluster, core);
  const next = checks.highest + 1n;
  if (!(await cluster.reach(next, bound, core)) && checks.problems.length === 0) {
    return checks.problem(`core ${core.join(" ")} has no height ${next} in ${bound} ms: ${cluster.where()}`);
  }
  chaos.healAll();
  const last = checks.highest + 2n;
  if (!(await cluster.reach(last, ALL_MS_MAX)) && checks.problems.length === 0) {
    return checks.problem(`not all have height ${last} in ${ALL_MS_MAX} ms: ${cluster.where()}`);
  }
  if (
    !(await cluster.until(() => workload.waitingAbove(last).length === 0, SERVED_MS_MAX)) &&
    checks.problems.length === 0
  ) {
    return checks.problem(
      `no transaction of ${workload.waitingAbove(last).join(", ")} is in a block in ${SERVED_MS_MAX} ms: ${cluster.where()}`,
    );
  }
  await punishes(cluster);
}

/** A transaction that went down with its node is sent again after the sender's patience. */
const SERVED_MS_MAX = 60_000;

/** Redialling after failures (15 s) behind a dial into silence (10 s), a start (10 s), the rest of a clog or a pause (5 s). */
const LINKS_MS_MAX = 40_000;

/** After the links stand: f + 2 further rounds, each as long as all its timeouts. */
function boundMs(cluster: Cluster, core: readonly number[]): number {
  const { proposeMs, prevoteMs, precommitMs, proposeDeltaMs, prevoteDeltaMs, precommitDeltaMs } = settings.timeouts;
  const first = Math.max(...core.map((index) => cluster.machines[index]!.round));
  const further = Math.floor((cluster.machines.length - 1) / 3) + 2;
  let sum = LINKS_MS_MAX + settings.blockIntervalMs;
  for (let round = first; round <= first + further; round++) {
    sum += proposeMs + prevoteMs + precommitMs + round * (proposeDeltaMs + prevoteDeltaMs + precommitDeltaMs);
  }
  return sum;
}
