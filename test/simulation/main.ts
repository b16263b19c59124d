import { parseArgs } from "node:util";
import { simulate, type RunResult } from "./run.js";

/**
 * `npm run simulate -- --seeds 1..N [--validators n] [--heights n] [--mode safety|liveness] [--trace] [--json]`
 * The last line is one JSON object; names in it never change once published. Status 1 when a seed failed.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1..20" },
    validators: { type: "string" },
    heights: { type: "string", default: "20" },
    mode: { type: "string", default: "liveness" },
    trace: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const range = /^([0-9]{1,15})(?:\.\.([0-9]{1,15}))?$/.exec(values.seeds);
if (range === null) refuse("--seeds is a number or a range: --seeds 1..100");
const first = BigInt(range[1]!);
const last = BigInt(range[2] ?? range[1]!);
const { mode } = values;
if (mode !== "safety" && mode !== "liveness") refuse("--mode is safety or liveness");
if (!/^[0-9]{1,4}$/.test(values.heights)) refuse("--heights is a number");
if (values.validators !== undefined && !/^([4-9]|1[0-3])$/.test(values.validators)) refuse("--validators is 4 to 13");

const started = performance.now();
const faults: Record<string, number> = {};
const failed: { seed: number; problem: string; replay: string }[] = [];
let heights = 0;
let virtualMs = 0;

function note({ seed, problem, ...result }: RunResult): void {
  heights += Number(result.heights);
  virtualMs += result.virtualMs;
  for (const [kind, count] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + count;
  if (problem === undefined) {
    if (!values.json)
      say(`seed ${seed}: ${result.validators} validators, ${result.heights} heights, ${result.digest.slice(0, 16)}`);
    return;
  }
  const options = values.validators === undefined ? "" : ` --validators ${values.validators}`;
  const replay = `npm run simulate -- --seeds ${seed}${options} --heights ${values.heights} --mode ${mode} --trace`;
  failed.push({ seed: Number(seed), problem, replay });
  say(`seed ${seed} FAILED: ${problem}`);
  say(`  replay: ${replay}`);
}

for (let seed = first; seed <= last; seed++) {
  const result = await simulate(seed, {
    mode,
    heights: BigInt(values.heights),
    ...(values.validators === undefined ? {} : { validators: Number(values.validators) }),
    ...(values.trace ? { trace: say } : {}),
  });
  note(result);
}

const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
const seeds = Number(last - first + 1n);
if (!values.json) say(`${heights} heights, ${(virtualMs / 1000).toFixed(0)} virtual seconds in ${seconds} s`);
process.stdout.write(`${JSON.stringify({ seeds, heights, seconds, faults, failed })}\n`);
process.exit(failed.length === 0 ? 0 : 1);
