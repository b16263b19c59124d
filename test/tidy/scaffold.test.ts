import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { root } from "./sources.js";

/** What `npm run scaffold` reads and writes. */
const FOLDERS = ["proto/schema", "state/modules", "cli/commands/tx", "test/unit/state/modules"];

function folder(t: TestContext, paths: readonly string[]): string {
  const at = mkdtempSync(join(tmpdir(), "tribd-scaffold-"));
  t.after(() => rmSync(at, { recursive: true, force: true }));
  const filter = (path: string): boolean => !path.endsWith(".map");
  for (const path of paths) {
    cpSync(join(root, path), join(at, path), { recursive: true, preserveTimestamps: true, filter });
  }
  symlinkSync(join(root, "node_modules"), join(at, "node_modules"));
  return at;
}

/** A program in a copy of the repository. @returns its exit code, and what it printed */
function run(at: string, ...words: readonly string[]): [code: number | null, output: string] {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // A test run by a test reports for people.
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: at, encoding: "utf8", env });
  return [status, stdout + stderr];
}

const textOf = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, "utf8") : undefined);

/** Files that are new or changed in the copy, sorted. */
function touched(at: string): string[] {
  const files = FOLDERS.flatMap((below) =>
    readdirSync(join(at, below), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1)),
  );
  return files.filter((path) => textOf(join(root, path)) !== textOf(join(at, path))).sort();
}

/** The paths that CONTRIBUTING.md lists under "A message", of a module whose messages have a folder or have none. */
function listed(module: string, name: string, hasFolder: boolean): string[] {
  const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  const [, list = ""] = /^- \*\*A message\*\*([\s\S]*?)^- \*\*/m.exec(text) ?? [];
  return [...list.matchAll(/^ +- `([^`]+)`/gm)]
    .map(([, path]) => path!.replaceAll("<module>", module).replaceAll("<name>", name))
    .map((path) => (hasFolder ? path : path.replace("messages/index.ts", "messages.ts").replace("messages/", "")))
    .sort();
}

type MessageFiles = (
  module: string,
  name: string,
  read: (path: string) => string | undefined,
) => Readonly<Record<string, string>> | string;
const { messageFiles } = (await import(join(root, "scripts/scaffold/message.mjs"))) as { messageFiles: MessageFiles };

test("a new message needs the files that CONTRIBUTING.md lists, in every module", () => {
  const schemas = join(root, "proto/schema/tributary");
  const own = readdirSync(schemas).filter((module) => existsSync(join(schemas, module, "v1/tx.proto")));
  assert.ok(own.length >= 5);
  const read = (path: string) => textOf(join(root, path));
  for (const module of own) {
    const files = Object.keys(messageFiles(module, "CountSheep", read));
    const hasFolder = existsSync(join(root, "state/modules", module, "messages"));
    assert.deepEqual(files.sort(), listed(module, "count-sheep", hasFolder));
  }
  assert.match(String(messageFiles("bank", "CountSheep", read)), /Cosmos SDK/);
  assert.match(String(messageFiles("model", "SetStage", read)), /already/);
  for (const name of ["set-stage", "MsgCountSheep", ""]) {
    assert.match(String(messageFiles("model", name, read)), /not a message's name/);
  }
});

/** Types of Node's modules that the generated test names: reading all of @types/node takes as long as all the rest. */
const NODE_TYPES = `declare module "node:assert/strict" { const assert: any; export default assert; }
declare module "node:test" { export const test: (name: string, run: () => void) => void; }
`;

test("a scaffold writes these files and no other; they build, and their test passes", (t) => {
  const written = folder(t, [...FOLDERS, ".prettierrc.json"]);
  const [refused, says] = run(written, join(root, "scripts/scaffold.mjs"), "message", "model", "ArchiveModel");
  assert.equal(refused, 0, says);
  const files = touched(written);
  assert.deepEqual(files, listed("model", "archive-model", true));
  const sources = files.filter((path) => path.endsWith(".ts"));

  // Everything else is taken as built: its declarations stand where its sources would.
  const built = ["proto", "state", "test/unit/state"].map((below) => `dist/${below}`);
  const at = folder(t, ["scripts", "package.json", "dist/cli/demo/corpus", ...built]);
  for (const below of ["proto", "state", "cli", "test/unit/state"]) {
    cpSync(join(root, "dist", below), join(at, below), {
      recursive: true,
      filter: (path) => (path.endsWith(".d.ts") || !/\.\w+$/.test(path)) && !path.includes("/gen/"),
    });
  }
  rmSync(join(at, "dist/proto/gen"), { recursive: true });
  for (const path of ["proto/schema", ...sources]) {
    rmSync(join(at, path.replace(/\.ts$/, ".d.ts")), { force: true });
    cpSync(join(written, path), join(at, path), { recursive: true });
  }
  writeFileSync(join(at, "node.d.ts"), NODE_TYPES);
  const { compilerOptions } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as {
    compilerOptions: object;
  };
  const only = { incremental: false, tsBuildInfoFile: null, declaration: false, sourceMap: false, types: [] };
  const config = {
    compilerOptions: { ...compilerOptions, ...only },
    files: [...sources, "proto/gen/types.ts", "proto/gen/schema.ts", "node.d.ts"],
  };
  writeFileSync(join(at, "tsconfig.json"), JSON.stringify(config));
  assert.deepEqual(run(at, "scripts/build.mjs", "--without-page"), [0, ""]);
  const generated = sources.find((path) => path.endsWith(".test.ts"))!.replace(/\.ts$/, ".js");
  const [failed, output] = run(at, join("dist", generated));
  assert.equal(failed, 0, output);
  assert.match(output, /pass 1/);
});
