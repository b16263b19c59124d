// Runs the built tests with node's own runner. `npm test` runs all; `npm test -- unit/consensus` runs a part.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
process.chdir(root);
const wanted = process.argv.slice(2).map((arg) => arg.replace(/^test\//, ""));
const base = "dist/test";
const source = (file) => join("test", file.replace(/\.js$/, ".ts"));
const files = readdirSync(base, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith(".test.js") && existsSync(source(file)))
  .filter((file) => wanted.length === 0 || wanted.some((prefix) => file.startsWith(prefix)))
  .sort()
  .map((file) => join(base, file));
if (files.length === 0) {
  process.stderr.write(`no test below test/ matches: ${wanted.join(" ")}\n`);
  process.exit(2);
}
const args = ["--enable-source-maps", "--test", "--test-reporter=spec", "--test-concurrency=2", ...files];
process.exit(spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1);
