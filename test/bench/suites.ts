import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { useNatives } from "#node/runtime/natives.js";
import { optionsOf, refuse } from "#test/fixtures/options.js";
import type { Result, Suite } from "./suite.js";
import { admissionSuite } from "./admission/index.js";
import { attributionSuite } from "./attribution/index.js";
import { consensusSuite } from "./consensus/index.js";
import { gatewaySuite } from "./gateway/index.js";
import { stateSuite } from "./state/index.js";

/** The last line is one JSON object; names in it never change once published. `load` has options and figures of its own. */
const suites: Record<string, Suite> = {
  admission: admissionSuite,
  attribution: attributionSuite,
  consensus: consensusSuite,
  gateway: gatewaySuite,
  state: stateSuite,
};

const { positionals, values } = optionsOf(
  "npm run bench -- <load|admission|attribution|consensus|gateway|state> [--quick] [--large] [--seed n] [--json]",
  {
    allowPositionals: true,
    options: {
      quick: { type: "boolean" },
      large: { type: "boolean" },
      seed: { type: "string" },
      json: { type: "boolean" },
    },
  },
);
const name = positionals[0] ?? "";
const suite = suites[name];
if (suite === undefined) refuse(`no bench suite "${name}"; there are: ${Object.keys(suites).join(", ")}`);

const seed = values.seed ?? "1";
if (!/^[0-9]{1,15}$/.test(seed)) refuse(`--seed ${seed}: a whole number`);

useNatives();
const results: Result[] = [];
await suite({
  quick: values.quick ?? false,
  large: values.large ?? false,
  seed: BigInt(seed),
  note: (text) => process.stderr.write(`${text}\n`),
  result(entry) {
    results.push(entry);
    const ratio = entry.ratio === undefined ? "" : `  (${entry.ratio.toFixed(2)} times ${entry.baseline?.toFixed(1)})`;
    process.stderr.write(`${entry.name.padEnd(36)} ${entry.value.toFixed(2)} ${entry.unit}${ratio}\n`);
  },
});
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
process.stdout.write(
  `${JSON.stringify({ suite: name, node: process.version, cores: availableParallelism(), commit, results })}\n`,
);
