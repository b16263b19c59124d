import { present } from "#proto/assert.js";
import type { DiskWatch, Machine } from "../simulation/machine.js";
import { Cluster } from "../simulation/cluster.js";
import { Workload, WORKLOAD_BALANCES } from "../simulation/workload.js";
import { watchDisk, type Moment, type Operation } from "./disk-watch.js";
import { pointsOf, remainsOf, type Moments, type Point } from "./points.js";

export const HEIGHTS = 20n;
/**
 * Who lost power stands at a height above all that were committed when it came back, and has signed it, after at most so
 * many further heights and so much time: opening, dialling, fetching what it missed, and f + 2 rounds. The others decide a
 * height in 0.6 to 0.7 s: four pass in the 2 s of dialling and the opening, one while the missed ones are fetched, and one
 * is signed.
 */
export const BACK_HEIGHTS_MAX = 6n;
export const BACK_MS_MAX = 20_000;

const VICTIM = 1;
const POWERS = [10n, 10n, 10n, 10n];
/** Small, so that history is pruned within twenty heights. */
const RETENTION = { stateHeights: 6n, proofHeights: 4n, blockHeights: 8n };
/** The counted run loses power here, amid a write of the log, ... */
const POWER_LOSS_HEIGHT = 4n;
/** ... and is stopped in order here: recovery and closing have operations of their own. */
const STOP_HEIGHT = 17n;
const DOWN_MS = 400;
const RUN_MS_MAX = 90_000;

export interface Outcome {
  readonly point: number;
  readonly problems: readonly string[];
  /** From power on until all who lost it were back. */
  readonly backMs: number;
  readonly backHeights: bigint;
}

/** What the power does to a call under way: its caller is gone too. */
class PowerFailed extends Error {
  override readonly name = "PowerFailed";
}

type Meet = (life: Life, moment: Moment, operation: Operation) => void;

/** Four validators and a few senders; one of them, the victim, goes through a power loss and a stop in order. */
class Life {
  readonly cluster: Cluster;
  readonly victim: Machine;
  readonly #meet: Meet;
  #lostPower = false;

  /** @param wrap a disk that keeps its word less well than its files say; for tests of this test */
  constructor(seed: bigint, meet: Meet, wrap: (watch: DiskWatch) => DiskWatch) {
    this.#meet = meet;
    const watch = wrap(watchDisk((moment, operation) => this.#met(moment, operation)));
    this.cluster = new Cluster({
      seed,
      powers: POWERS,
      balances: WORKLOAD_BALANCES,
      retention: RETENTION,
      watch: (index) => (index === VICTIM ? watch : undefined),
    });
    this.victim = present(this.cluster.machines[VICTIM], "there are four machines");
  }

  /** Until the victim stands at the last height, or `isOver`. */
  async go(isOver: () => boolean): Promise<void> {
    const { cluster, victim } = this;
    cluster.start();
    new Workload(cluster).start();
    await cluster.until(() => isOver() || victim.height >= STOP_HEIGHT, RUN_MS_MAX);
    if (isOver()) return;
    void victim.shutDown();
    await cluster.until(() => isOver() || !victim.isUp, RUN_MS_MAX);
    if (isOver()) return;
    cluster.clock.after(DOWN_MS, () => {
      if (!isOver()) victim.start();
    });
    await cluster.until(() => isOver() || victim.height >= HEIGHTS, RUN_MS_MAX);
  }

  #met(moment: Moment, operation: Operation): void {
    this.#meet(this, moment, operation);
    const { kind, path } = operation;
    if (this.#lostPower || moment === "before" || kind !== "append" || !path.startsWith("/wal")) return;
    if (this.victim.height < POWER_LOSS_HEIGHT) return;
    this.#lostPower = true;
    const torn = Math.ceil(operation.bytes / 2);
    this.cluster.crash([VICTIM], remainsOf({ names: Infinity, bytes: torn, batches: Infinity, hole: false }));
    this.cluster.clock.after(DOWN_MS, () => this.victim.start());
    throw new PowerFailed();
  }
}

const asItIs = (watch: DiskWatch): DiskWatch => watch;

/** Runs once undisturbed and numbers every operation; from them the points. */
export async function countPoints(seed: bigint): Promise<Point[]> {
  const moments: Moments[] = [];
  const begun = new Map<number, Moments["before"]>();
  const life = new Life(
    seed,
    ({ victim }, moment, operation) => {
      if (moment === "before") begun.set(operation.number, victim.unsynced());
      else {
        const before = present(begun.get(operation.number), "an operation begins before it ends");
        moments.push({ operation, before, after: victim.unsynced() });
      }
    },
    asItIs,
  );
  await life.go(() => false);
  const { cluster, victim } = life;
  const [problem] = cluster.checks.problems;
  if (problem !== undefined || victim.height < HEIGHTS) {
    throw new Error(`the undisturbed run failed: ${problem ?? cluster.where()}`);
  }
  cluster.stop();
  moments.sort((a, b) => a.operation.number - b.operation.number);
  return pointsOf(moments, seed);
}

/** The same run up to a point, a crash there, and what comes after it. */
export async function crashAt(seed: bigint, point: Point, wrap = asItIs): Promise<Outcome> {
  let crashed = false;
  const all = POWERS.map((_power, index) => index);
  const who = point.who === "all" ? all : [VICTIM];
  const life = new Life(
    seed,
    ({ cluster }, moment, { number }) => {
      if (crashed || moment !== point.moment || number !== point.operation.number) return;
      crashed = true;
      cluster.crash(who, remainsOf(point.left));
      throw new PowerFailed();
    },
    wrap,
  );
  await life.go(() => crashed);
  const { cluster } = life;
  const back = crashed ? await comeBack(cluster, who, DOWN_MS + ((point.number * 397) % 1600)) : { ms: 0, heights: 0n };
  if (!crashed) cluster.checks.problem(`operation ${point.operation.number} never came`);
  cluster.stop();
  return { point: point.number, problems: [...cluster.checks.problems], backMs: back.ms, backHeights: back.heights };
}

async function comeBack(
  cluster: Cluster,
  who: readonly number[],
  downMs: number,
): Promise<{ ms: number; heights: bigint }> {
  const { checks, clock } = cluster;
  await cluster.pass(downMs);
  const from = checks.highest;
  const startedMs = clock.monotonicMs();
  cluster.start(who);
  const isBack = (index: number): boolean => cluster.height(index) > from && signedAbove(cluster, index, from);
  const backInTime = await cluster.until(() => who.every(isBack), BACK_MS_MAX);
  const back = { ms: clock.monotonicMs() - startedMs, heights: checks.highest - from };
  if (!backInTime && checks.problems.length === 0) checks.problem(`not back in ${BACK_MS_MAX} ms: ${cluster.where()}`);
  if (back.heights > BACK_HEIGHTS_MAX) checks.problem(`back only after ${back.heights} heights`);
  return back;
}

function signedAbove({ checks }: Cluster, index: number, from: bigint): boolean {
  for (let height = from + 1n; height <= checks.highest; height++) if (checks.hasSigned(index, height)) return true;
  return false;
}
