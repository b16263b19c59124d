import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { useNatives } from "#node/runtime/natives.js";
import { largeHome } from "#test/fixtures/large-home.js";
import { withHome } from "./harness.js";

useNatives();
const main = join(import.meta.dirname, "..", "..", "..", "cli", "main.js");
const ACCOUNTS = Number(process.env["TRIBUTARY_ACCOUNTS"] ?? 40_000);
/** What the program itself needs and room to collect: half of what the document takes as objects. */
const HEAP_MB = 28;

test("export writes row by row: a state larger than the heap comes out whole, and genesis validate takes it", () =>
  withHome(async (home) => {
    await largeHome(home, ACCOUNTS);
    const file = join(home, "exported.json");
    const fd = openSync(file, "w");
    const argv = [`--max-old-space-size=${HEAP_MB}`, main, "export", "--home", home];
    const { status, stderr } = spawnSync(process.execPath, argv, { stdio: ["ignore", fd, "pipe"], encoding: "utf8" });
    closeSync(fd);
    assert.equal(status, 0, stderr);
    assert.ok(statSync(file).size > ACCOUNTS * 250);
    const checked = spawnSync(process.execPath, [main, "genesis", "validate", file], { encoding: "utf8" });
    assert.equal(checked.status, 0, checked.stderr);
  }));
