import { seeded } from "#test/simulation/random.js";
import { ROUNDS, runPart, SHAPE, type Part } from "./exhaustive.js";
import { SAFE, sampled, scenarioText, type Scenario } from "./scenario.js";
import { play } from "./world.js";

/** What a worker process is asked: some samples of a seed, or a part of the whole. */
export type Task =
  | { readonly kind: "samples"; readonly seed: bigint; readonly from: number; readonly count: number }
  | { readonly kind: "part"; readonly part: Part };

export interface Failure {
  readonly scenario: string;
  readonly problem: string;
}

export interface Outcome {
  readonly run: number;
  readonly covered: number;
  readonly failures: readonly Failure[];
}

const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Each sample has a stream of its own, so that one of them costs one to draw. */
export const sampleOf = (seed: bigint, index: number): Scenario => sampled(seeded((seed << 32n) + BigInt(index)), SAFE);

/** The first promise that a scenario breaks; undefined when all are kept. */
export function problemIn(scenario: Scenario): string | undefined {
  try {
    play(scenario);
    return undefined;
  } catch (error) {
    return problemOf(error);
  }
}

export function run(task: Task): Outcome {
  const failures: Failure[] = [];
  if (task.kind === "part") {
    const counts = runPart(task.part, (rounds, error) => {
      // A scenario that fails early stands for all that begin like it.
      const whole = [...rounds, ...Array.from({ length: ROUNDS - rounds.length }, () => rounds.at(-1)!)];
      failures.push({ scenario: scenarioText({ ...SHAPE, rounds: whole }), problem: problemOf(error) });
    });
    return { ...counts, failures };
  }
  for (let index = task.from; index < task.from + task.count; index++) {
    const scenario = sampleOf(task.seed, index);
    const problem = problemIn(scenario);
    if (problem !== undefined) failures.push({ scenario: scenarioText(scenario), problem });
  }
  return { run: task.count, covered: task.count, failures };
}
