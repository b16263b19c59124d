import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { openLevel } from "#node/storage/database/level.js";
import { missingFile } from "#node/storage/database/level-files.js";

const root = mkdtempSync(join(tmpdir(), "level-files-"));
const whole = join(root, "whole");
after(() => rmSync(root, { recursive: true }));

before(async () => {
  // Several manifests, tables of two levels, and a log with the latest writes.
  for (let round = 0; round < 3; round++) {
    const db = await openLevel(whole);
    for (let i = 0; i < 50; i++) await db.write([[utf8(`${round}/${i}`), new Uint8Array(2000)]], { sync: false });
    if (round === 1) await db.compact({ from: utf8("0"), to: utf8("1/2") });
    await db.close();
  }
});

test("a whole database lacks nothing, and where none is nothing is missing", () => {
  assert.equal(missingFile(whole), undefined);
  assert.equal(missingFile(join(root, "nowhere")), undefined);
});

test("each file whose loss loses data is named", async () => {
  const needed = readdirSync(whole).filter((name) => !/^(LOCK|LOG|LOG\.old)$/.test(name));
  assert.ok(needed.some((name) => name.endsWith(".ldb")) && needed.some((name) => name.endsWith(".log")));
  for (const name of needed) {
    const copy = join(root, name);
    cpSync(whole, copy, { recursive: true });
    rmSync(join(copy, name));
    assert.equal(missingFile(copy), join(copy, name));
  }
});
