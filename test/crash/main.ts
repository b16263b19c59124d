import { availableParallelism } from "node:os";
import { optionsOf, refuse } from "#test/fixtures/options.js";
import { inProcesses } from "../simulation/processes.js";
import { pointText } from "./points.js";
import { countPoints, type Outcome } from "./run.js";
import type { Task } from "./worker.js";

/** The last line is one JSON object; names in it never change once published. Status 1 when a point failed. */
const { values } = optionsOf("npm run crash -- [--points a..b] [--every k] [--seed n] [--jobs n] [--list] [--json]", {
  options: {
    points: { type: "string" },
    every: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: String(availableParallelism()) },
    list: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const range = /^([0-9]{1,9})(?:\.\.([0-9]{1,9}))?$/.exec(values.points ?? "1..999999999");
if (range === null) refuse("--points is a number or a range: --points 1..100");
for (const name of ["every", "jobs"] as const) {
  if (!/^[1-9][0-9]{0,3}$/.test(values[name])) refuse(`--${name} is a number from 1`);
}
if (!/^[0-9]{1,15}$/.test(values.seed)) refuse("--seed is a number");

const seed = BigInt(values.seed);
const first = Number(range[1]);
const last = Number(range[2] ?? range[1]);
const every = Number(values.every);
const started = performance.now();
const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);

const all = await countPoints(seed);
const points = all.filter(({ number }) => number >= first && number <= last && (number - first) % every === 0);
if (points.length === 0) refuse(`there are ${all.length} points`);
const operations = new Map(all.map(({ operation }) => [operation.number, operation.kind]));
say(`${operations.size} operations (${countsText([...operations.values()])}), ${all.length} points`);
if (values.list) for (const point of points) say(`${point.number}: ${pointText(point)}`);

const failed: { point: number; problem: string; replay: string }[] = [];
const sum = { doubleSigns: 0, forks: 0, slowestMs: 0, mostHeights: 0n, done: 0 };

function note({ point, problems, backMs, backHeights }: Outcome): void {
  sum.doubleSigns += problems.filter((problem) => / signs twice /.test(problem)).length;
  sum.forks += problems.filter((problem) => problem.startsWith("fork ")).length;
  sum.slowestMs = Math.max(sum.slowestMs, backMs);
  if (backHeights > sum.mostHeights) sum.mostHeights = backHeights;
  if (++sum.done % 100 === 0 && !values.json) say(`${sum.done} of ${points.length} points, ${seconds()} s`);
  const [problem] = problems;
  if (problem === undefined) return;
  const replay = `npm run crash -- --seed ${seed} --points ${point}`;
  failed.push({ point, problem, replay });
  say(`point ${point} FAILED, ${pointText(all[point - 1]!)}: ${problem}`);
  say(`  replay: ${replay}`);
}

await inProcesses<Task, Outcome>(
  new URL("./worker.js", import.meta.url),
  points.map((point) => ({ seed, point })),
  Number(values.jobs),
  ({ point: { number } }, problem) => ({ point: number, problems: [problem], backMs: 0, backHeights: 0n }),
  note,
);
say(`slowest return ${Math.round(sum.slowestMs)} ms, at most ${sum.mostHeights} heights later; ${seconds()} s`);
const { doubleSigns, forks } = sum;
process.stdout.write(`${JSON.stringify({ points: points.length, doubleSigns, forks, failed })}\n`);
process.exit(failed.length === 0 ? 0 : 1);

function countsText(kinds: readonly string[]): string {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}
