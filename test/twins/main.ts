import { availableParallelism } from "node:os";
import { optionsOf, refuse } from "#test/fixtures/options.js";
import { inProcesses } from "#test/simulation/processes.js";
import { CHOICES, parts, ROUNDS } from "./exhaustive.js";
import { parseScenario } from "./scenario.js";
import { problemIn, type Failure, type Outcome, type Task } from "./tasks.js";

/**
 * All scenarios there are to enumerate, samples of more, or with `--scenario` one of them.
 * Without a choice it runs all there is to enumerate, and SAMPLES samples. The last line is one JSON object; names in it
 * never change once published. Status 1 when a scenario failed.
 */
const SAMPLES = "100000";
const { values } = optionsOf(
  "npm run twins -- [--exhaustive] [--samples n] [--seed n] [--jobs n] [--scenario text] [--json]",
  {
    options: {
      exhaustive: { type: "boolean", default: false },
      samples: { type: "string" },
      seed: { type: "string", default: "1" },
      jobs: { type: "string", default: `${availableParallelism()}` },
      scenario: { type: "string" },
      json: { type: "boolean", default: false },
    },
  },
);

const say = (line: string): void => void process.stderr.write(`${line}\n`);
if (!/^[0-9]{1,9}$/.test(values.seed)) refuse("--seed is a number");
if (!/^[1-9][0-9]?$/.test(values.jobs)) refuse("--jobs is a number");
if (values.samples !== undefined && !/^[0-9]{1,9}$/.test(values.samples)) refuse("--samples is a number");

const started = performance.now();
const counts = { exhaustive: 0, covered: 0, sampled: 0, failed: 0 };
/** As many are told; one is enough to work with. */
const FAILED_TOLD = 20;
const failed: { scenario: string; problem: string; replay: string }[] = [];

function fail({ scenario, problem }: Failure): void {
  if (counts.failed++ >= FAILED_TOLD) return;
  const replay = `npm run twins -- --scenario '${scenario}'`;
  failed.push({ scenario, problem, replay });
  say(`FAILED: ${problem}\n  replay: ${replay}`);
}

async function share(tasks: readonly Task[], note: (outcome: Outcome) => void): Promise<void> {
  const died = (task: Task, why: string): Outcome => {
    const scenario = JSON.stringify(task, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
    return { run: 0, covered: 0, failures: [{ scenario, problem: why }] };
  };
  await inProcesses<Task, Outcome>(
    new URL("./worker.js", import.meta.url),
    tasks,
    Number(values.jobs),
    died,
    (outcome) => {
      note(outcome);
      outcome.failures.forEach(fail);
    },
  );
}

async function runExhaustive(): Promise<void> {
  await share(
    parts().map((part) => ({ kind: "part", part })),
    ({ run, covered }) => {
      counts.exhaustive += run;
      counts.covered += covered;
    },
  );
  const all = CHOICES ** ROUNDS;
  if (!values.json) say(`${counts.exhaustive} scenarios run, which stand for ${counts.covered} of ${all}`);
  if (counts.covered !== all && counts.failed === 0) {
    fail({ scenario: "", problem: `${counts.covered} of ${all} covered` });
  }
}

const CHUNK = 500;
const PROGRESS = 100_000;

async function runSamples(count: number): Promise<void> {
  const seed = BigInt(values.seed);
  const tasks: Task[] = [];
  for (let from = 0; from < count; from += CHUNK) {
    tasks.push({ kind: "samples", seed, from, count: Math.min(CHUNK, count - from) });
  }
  await share(tasks, ({ run }) => {
    counts.sampled += run;
    if (!values.json && counts.sampled % PROGRESS === 0) say(`${counts.sampled} samples`);
  });
}

if (values.scenario !== undefined) {
  const scenario = parseScenario(values.scenario);
  if (scenario === undefined) refuse("--scenario is the text that a failure printed");
  const problem = problemIn(scenario);
  counts.sampled = 1;
  if (problem !== undefined) fail({ scenario: values.scenario, problem });
} else {
  const both = !values.exhaustive && values.samples === undefined;
  if (both || values.exhaustive) await runExhaustive();
  if (both || values.samples !== undefined) await runSamples(Number(values.samples ?? SAMPLES));
}

const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
if (counts.failed > FAILED_TOLD) say(`${counts.failed} failed, of which ${FAILED_TOLD} are told`);
process.stdout.write(
  `${JSON.stringify({ exhaustive: counts.exhaustive, sampled: counts.sampled, seconds, failed })}\n`,
);
process.exitCode = counts.failed === 0 ? 0 : 1;
