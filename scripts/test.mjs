// Runs the built tests with node's own runner, suite by suite. `npm test` runs all; `npm test -- unit/consensus` a part.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

/**
 * The suites in order, with the seconds that each may take on two quiet cores; the sum stays below ten minutes. Unit tests
 * wait for processes and timers, so that three at a time use the cores. Those of real networks run alone: beside other work
 * their waiting times would say nothing.
 */
const suites = [
  { name: "tidy", seconds: 13, concurrency: 2 },
  { name: "unit", seconds: 195, concurrency: 3 },
  { name: "vectors", seconds: 3, concurrency: 2 },
  { name: "property", seconds: 35, concurrency: 2 },
  { name: "simulation", seconds: 125, concurrency: 2 },
  { name: "crash", seconds: 10, concurrency: 2 },
  { name: "e2e", seconds: 200, concurrency: 1 },
  { name: "hostile", seconds: 18, concurrency: 1 },
];

process.chdir(join(import.meta.dirname, ".."));
const wanted = process.argv.slice(2).map((arg) => arg.replace(/^test\//, ""));
const base = "dist/test";
const source = (file) => join("test", file.replace(/\.js$/, ".ts"));
const all = readdirSync(base, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith(".test.js") && existsSync(source(file)))
  .filter((file) => wanted.length === 0 || wanted.some((prefix) => file.startsWith(prefix)))
  .sort();
const stray = all.filter((file) => !suites.some(({ name }) => file.startsWith(`${name}/`)));
if (all.length === 0 || stray.length > 0) {
  process.stderr.write(
    all.length === 0 ? `no test below test/ matches: ${wanted.join(" ")}\n` : `in no suite: ${stray.join(" ")}\n`,
  );
  process.exit(2);
}

process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --enable-source-maps`.trim();
const count = { passed: 0, failed: 0 };
const times = [];
for (const { name, seconds, concurrency } of suites) {
  const files = all.filter((file) => file.startsWith(`${name}/`)).map((file) => join(base, file));
  if (files.length === 0) continue;
  const startedMs = performance.now();
  await runSuite(files, concurrency);
  const took = Math.round((performance.now() - startedMs) / 1000);
  times.push(`${name} ${took} s of ${seconds} s${took > seconds ? " (over its budget)" : ""}`);
}
process.stdout.write(`\ntime by suite: ${times.join(", ")}\n`);
process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
process.exit(count.failed === 0 ? 0 : 1);

function runSuite(files, concurrency) {
  return new Promise((resolve, reject) => {
    const stream = run({ files, concurrency });
    stream.on("test:pass", ({ details }) => {
      if (details.type !== "suite") count.passed++;
    });
    stream.on("test:fail", ({ details }) => {
      if (details.type !== "suite") count.failed++;
    });
    const report = stream.compose(new spec());
    report.on("error", reject);
    report.on("end", resolve);
    report.pipe(process.stdout, { end: false });
  });
}
