import { optionsOf, refuse } from "#test/fixtures/options.js";
import { fuzzers } from "./fuzz/table.js";
import { fuzz } from "./fuzz/run.js";
import { lineOf, summary } from "./judge.js";
import { run } from "./run.js";
import { adversaries } from "./table.js";

/** The last line is one JSON object; names in it never change once published. Status 1 when an adversary got through. */
const usage = [
  "npm run hostile -- [--only a,b] [--seed n] [--minutes m] [--ports a..b] [--list] [--json]",
  "       npm run hostile -- --fuzz listener [--seed n] [--minutes m] [--ports a..b] [--json]",
  `adversaries: ${adversaries.map(({ name }) => name).join(", ")}`,
  `listeners: ${Object.keys(fuzzers).join(", ")}`,
].join("\n");
const { values } = optionsOf(usage, {
  options: {
    only: { type: "string" },
    fuzz: { type: "string" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string" },
    ports: { type: "string" },
    list: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const line = (text: string): void => void process.stdout.write(`${text}\n`);
const print = (result: object): void => void process.stdout.write(`${JSON.stringify(result)}\n`);
if (!/^[0-9]{1,15}$/.test(values.seed)) refuse("--seed is a number");
if (values.minutes !== undefined && !/^[0-9]{1,4}(\.[0-9]+)?$/.test(values.minutes)) refuse("--minutes is a number");
const range = values.ports === undefined ? undefined : /^([0-9]{4,5})\.\.([0-9]{4,5})$/.exec(values.ports);
if (range === null) refuse("--ports is a range: --ports 44000..44999");
const ports = range === undefined ? undefined : { from: Number(range[1]), to: Number(range[2]) };
const seed = BigInt(values.seed);

// What was started ends with this program (net.ts), also when it is interrupted.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

if (values.list) for (const { name, does } of adversaries) line(`${name.padEnd(24)} ${does}`);
else if (values.fuzz !== undefined) await fuzzOne(values.fuzz);
else await runAll();

async function runAll(): Promise<void> {
  const wanted = values.only?.split(",");
  const unknown = wanted?.find((name) => !adversaries.some((row) => row.name === name));
  if (unknown !== undefined) {
    refuse(`no adversary is called ${unknown}; there are ${adversaries.map(({ name }) => name).join(", ")}`);
  }
  const verdicts = await run({
    adversaries: adversaries.filter(({ name }) => wanted?.includes(name) ?? true),
    seed,
    minutes: Number(values.minutes ?? "40"),
    ports,
    onVerdict: (verdict) => line(lineOf(verdict)),
    onProgress: values.json ? () => undefined : say,
  });
  const result = summary(verdicts);
  print(result);
  process.exit((result["failed"] as readonly string[]).length === 0 ? 0 : 1);
}

async function fuzzOne(listener: string): Promise<void> {
  const fuzzer = fuzzers[listener];
  if (fuzzer === undefined) refuse(`--fuzz is one of ${Object.keys(fuzzers).join(", ")}`);
  const result = await fuzz(listener, fuzzer, { seed, seconds: 60 * Number(values.minutes ?? "10"), ports });
  print(result);
  process.exit(result.failed.length === 0 ? 0 : 1);
}
