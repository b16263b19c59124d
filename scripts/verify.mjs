// Runs acceptance tests at their full size: `npm run verify -- state [--seed n] [--json]`. `npm test` runs slices of them.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

process.chdir(join(import.meta.dirname, ".."));
const SUITES = {
  // At least 100,000 random operations, 200 kills, 100 flipped bytes.
  state: [
    ["operations_view", "property/view", { TRIBUTARY_RUNS: "3000" }],
    ["operations_store", "property/chain-store", { TRIBUTARY_RUNS: "1000" }],
    ["kills_200", "unit/node/storage/kill", { TRIBUTARY_KILLS: "200" }],
    ["kills_200_snapshots", "unit/node/storage/snapshots/kill", { TRIBUTARY_KILLS: "200" }],
    ["flips_100", "unit/node/storage/database/damage", { TRIBUTARY_FLIPS: "100" }],
  ],
  // At least 20,000 uses, with everything that people do beside them; 10,000 games of a coalition against the rule.
  pay: [
    ["games_10000", "property/attribution-coalitions", { TRIBUTARY_RUNS: "10000" }],
    ["uses_20000", "property/conservation", { TRIBUTARY_RUNS: "420" }],
  ],
  // Both sides of a channel in a model, killed between any two rows; then the real programs (below).
  gateway: [["model_24000", "property/exchange", { TRIBUTARY_RUNS: "600" }]],
  // A remote-signed validator through 100 kills of signer and node in any order.
  signer: [["kills_100", "e2e/signer-kills", { TRIBUTARY_KILLS: "100" }]],
};
const args = process.argv.slice(2);
const [name = ""] = args;
const suite = SUITES[name];
const seed = args.includes("--seed") ? args[args.indexOf("--seed") + 1] : undefined;
if (suite === undefined || (seed !== undefined && !/^[0-9]{1,9}$/.test(seed))) {
  process.stderr.write(`usage: npm run verify -- ${Object.keys(SUITES).join("|")} [--seed n] [--json]\n`);
  process.exit(2);
}
const failed = [];
const seconds = {};
for (const [check, file, sizes] of suite) {
  const environment = { ...process.env, ...sizes, ...(seed === undefined ? {} : { TRIBUTARY_SEED: seed }) };
  const started = process.hrtime.bigint();
  const stdio = ["ignore", args.includes("--json") ? "ignore" : "inherit", "inherit"];
  const { status } = spawnSync(process.execPath, ["scripts/test.mjs", file], { env: environment, stdio });
  seconds[check] = Number((process.hrtime.bigint() - started) / 1_000_000_000n);
  if (status !== 0) failed.push(check);
}
if (name === "gateway") {
  const program = ["dist/test/gateway/kills.js", ...(seed === undefined ? [] : ["--seed", seed])];
  const { stdout } = spawnSync(process.execPath, ["--enable-source-maps", ...program], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  const found = last.startsWith("{") ? JSON.parse(last) : { failed: ["the run of the programs has no result"] };
  const all = { ...found, failed: [...found.failed, ...failed] };
  process.stdout.write(`${JSON.stringify(all)}\n`);
  const broken = ["unpaid", "lost", "doubled", "unopened"].some((promise) => all[promise] !== 0);
  process.exit(broken || all.failed.length > 0 ? 1 : 0);
}
process.stdout.write(`${JSON.stringify({ suite: name, seed: seed ?? null, checks: suite.length, seconds, failed })}\n`);
process.exit(failed.length === 0 ? 0 : 1);
