import { availableParallelism } from "node:os";
import { optionsOf, refuse } from "#test/fixtures/options.js";
import { runSeeds } from "./jobs.js";
import { modes, type Mode } from "./run.js";
import { suites, type SeedOptions, type SeedResult } from "./suites.js";

/** The last line is one JSON object; names in it never change once published. Status 1 when a seed failed. */
const { values } = optionsOf(
  "npm run simulate -- --seeds 1..N [--core] [--validators n] [--heights n] [--mode m] [--jobs n] [--trace] [--json]",
  {
    options: {
      seeds: { type: "string", default: "1..20" },
      core: { type: "boolean", default: false },
      validators: { type: "string" },
      heights: { type: "string" },
      mode: { type: "string" },
      jobs: { type: "string", default: `${availableParallelism()}` },
      trace: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  },
);

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const range = /^([0-9]{1,15})(?:\.\.([0-9]{1,15}))?$/.exec(values.seeds);
if (range === null) refuse("--seeds is a number or a range: --seeds 1..100");
const first = BigInt(range[1]!);
const last = BigInt(range[2] ?? range[1]!);
if (last < first || last - first >= 1_000_000n) refuse("--seeds is an ascending range of at most a million");
const seeds = Array.from({ length: Number(last - first) + 1 }, (_, i) => first + BigInt(i));
const suite = values.core ? "core" : "nodes";
const heights = values.heights ?? suites[suite].heights.toString();
if (!/^[1-9][0-9]{0,3}$/.test(heights)) refuse("--heights is a number");
if (!/^[1-9][0-9]?$/.test(values.jobs)) refuse("--jobs is a number");
if (values.mode !== undefined && !modes.includes(values.mode as Mode)) refuse(`--mode is ${modes.join(", ")}`);
if (values.validators !== undefined && !/^([4-9]|1[0-3])$/.test(values.validators)) refuse("--validators is 4 to 13");
if (values.core && (values.mode ?? values.validators) !== undefined) {
  refuse("--core draws all but --heights from its seed");
}
if (values.core && values.trace) refuse("--core has no trace");

const options: SeedOptions = {
  suite,
  heights: BigInt(heights),
  mode: values.mode as Mode | undefined,
  validators: values.validators === undefined ? undefined : Number(values.validators),
};
const replay = (seed: bigint): string =>
  [
    `npm run simulate -- --seeds ${seed}`,
    ...(values.core ? ["--core"] : []),
    ...(values.validators === undefined ? [] : [`--validators ${values.validators}`]),
    `--heights ${heights}`,
    ...(values.mode === undefined ? [] : [`--mode ${values.mode}`]),
    ...(values.core ? [] : ["--trace"]),
  ].join(" ");

const started = performance.now();
const faults: Record<string, number> = {};
const failed: { seed: number; problem: string; replay: string }[] = [];
const sums = { heights: 0, virtualMs: 0, setChanges: 0 };

function note({ seed, problem, ...result }: SeedResult): void {
  sums.heights += result.heights;
  sums.virtualMs += result.virtualMs;
  sums.setChanges += result.setChanges;
  for (const [kind, count] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + count;
  if (problem === undefined) {
    if (!values.json && !values.core) {
      say(`seed ${seed}: ${result.about}, ${result.heights} heights, ${result.digest.slice(0, 16)}`);
    }
    return;
  }
  failed.push({ seed: Number(seed), problem, replay: replay(seed) });
  say(`seed ${seed} FAILED: ${problem}`);
  say(`  replay: ${replay(seed)}`);
}

if (seeds.length === 1) note(await suites[suite].run(first, options, values.trace ? say : undefined));
else if (values.trace) refuse("--trace is for one seed");
else await runSeeds(seeds, options, Number(values.jobs), note);

const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
if (!values.json) say(`${sums.heights} heights, ${(sums.virtualMs / 1000).toFixed(0)} virtual seconds in ${seconds} s`);
const sorted = Object.fromEntries(Object.entries(faults).sort(([a], [b]) => (a < b ? -1 : 1)));
process.stdout.write(
  `${JSON.stringify({ seeds: seeds.length, heights: sums.heights, setChanges: sums.setChanges, seconds, faults: sorted, failed })}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
