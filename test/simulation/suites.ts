import { coreRunOf, runCores } from "./core.js";
import { simulate, type Mode } from "./run.js";

/** What the command line asks of each seed. Plain values: they cross to worker processes. */
export interface SeedOptions {
  readonly suite: "nodes" | "core";
  readonly heights: bigint;
  /** From the seed when undefined. */
  readonly mode: Mode | undefined;
  readonly validators: number | undefined;
}

export interface SeedResult {
  readonly seed: bigint;
  readonly heights: number;
  readonly virtualMs: number;
  /** Heights at which the set of validators changed. */
  readonly setChanges: number;
  readonly digest: string;
  /** What the seed made of the menu, for people. */
  readonly about: string;
  readonly faults: Readonly<Record<string, number>>;
  /** The first promise that was broken. */
  readonly problem: string | undefined;
}

interface Suite {
  /** Heights of a seed by default. */
  readonly heights: bigint;
  /** Seeds that a worker process is given at once. */
  readonly chunk: number;
  run(seed: bigint, options: SeedOptions, trace: ((line: string) => void) | undefined): Promise<SeedResult>;
}

export const suites: Readonly<Record<SeedOptions["suite"], Suite>> = {
  nodes: {
    heights: 20n,
    chunk: 1,
    async run(seed, { heights, mode, validators }, trace) {
      const result = await simulate(seed, {
        heights,
        ...(mode === undefined ? {} : { mode }),
        ...(validators === undefined ? {} : { validators }),
        ...(trace === undefined ? {} : { trace }),
      });
      return { ...result, heights: Number(result.heights) };
    },
  },
  core: {
    heights: 5n,
    chunk: 25,
    run(seed, { heights }) {
      return Promise.resolve(runCore(seed, heights));
    },
  },
};

/** A broken promise of the cores is an assertion: it becomes the seed's problem. */
function runCore(seed: bigint, heights: bigint): SeedResult {
  const run = coreRunOf(seed, heights);
  const about = `${run.powers.length} validators`;
  try {
    const { digest, decided, virtualMs, forks, faults } = runCores(run);
    const heights = Number(decided);
    return { seed, heights, virtualMs, setChanges: 0, digest, about, faults: { ...faults, forks }, problem: undefined };
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, heights: 0, virtualMs: 0, setChanges: 0, digest: "", about, faults: {}, problem };
  }
}
