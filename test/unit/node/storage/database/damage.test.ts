import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { u64be } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { useNatives } from "#node/runtime/natives.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { openLevel } from "#node/storage/database/level.js";
import { checkLevelTables } from "#node/storage/database/level-tables.js";
import type { Write } from "#state/store/base.js";
import { answers, HEIGHTS, keyOf } from "#test/fixtures/damage-answers.js";

useNatives();
const ASK = fileURLToPath(new URL("../../../../fixtures/damage-answers.js", import.meta.url));

function writesOf(height: bigint): Write[] {
  return Array.from({ length: 60 }, (_, i): Write => [keyOf((Number(height) * 37 + i * 5) % 300), u64be(height)]);
}

test("a flipped byte of the database is harmless or reported, never answered with", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "tributary-damage-"));
  t.after(() => rm(home, { recursive: true }));
  const [whole, damaged] = [join(home, "whole"), join(home, "damaged")];
  const store = await openChainStore(await openLevel(whole));
  await store.commitGenesis({ document: u64be(0n), initialHeight: 1n, writes: writesOf(0n) });
  for (let height = 1n; height <= HEIGHTS; height++) {
    const bytes = u64be(height);
    await store.commitHeight({
      height,
      blockHash: headerHashOf(sha256(bytes)),
      block: bytes,
      certificate: bytes,
      results: bytes,
      writes: writesOf(height),
    });
  }
  const truth = answers(store);
  await store.close();
  await (await openLevel(whole)).close(); // Turns the log into a sorted file, where most of a database is.
  const files = (await readdir(whole)).filter((name) => !/LOCK|LOG/.test(name));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(whole, name))).size));
  const total = sizes.reduce((sum, size) => sum + size);
  const places = Number(process.env["TRIBUTARY_FLIPS"] ?? 6);
  let found = 0;
  for (let place = 0; place < places; place++) {
    let at = Math.floor((total * (place + 0.5)) / places);
    let file = 0;
    while (at >= sizes[file]!) at -= sizes[file++]!;
    await rm(damaged, { recursive: true, force: true });
    await cp(whole, damaged, { recursive: true });
    const bytes = await readFile(join(damaged, files[file]!));
    bytes[at]! ^= 1 << (place & 7);
    await writeFile(join(damaged, files[file]!), bytes);
    const name = files[file]!;
    const { stdout, stderr, signal, status } = spawnSync(process.execPath, [ASK, damaged], { encoding: "utf8" });
    if (signal === "SIGABRT") {
      // LevelDB's own assertion: no answer at all, and the check of its files says which one it was.
      const { damaged: named } = await checkLevelTables(damaged);
      assert.ok(named.length > 0 && named.every((one) => one.startsWith(`${name}: `)), `${name}: ${stderr}`);
      found++;
      continue;
    }
    assert.equal(status, 0, stderr);
    for (const [question, answer] of Object.entries(JSON.parse(stdout) as Record<string, string>)) {
      if (answer.startsWith("storage.")) found++;
      else assert.equal(answer, truth[question], `${question} with byte ${at} of ${name} flipped`);
    }
  }
  assert.ok(found > 0, "no flip was noticed: the test does not reach the data");
});

test("each flipped byte of a database file is named by the check of the files, which needs no database", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "tributary-tables-"));
  t.after(() => rm(home, { recursive: true }));
  const db = await openLevel(home);
  const entries = Array.from({ length: 3000 }, (_, i): Write => [
    keyOf(i),
    i % 3 === 0 ? keyOf(i) : new Uint8Array(90),
  ]);
  await db.write(entries, { sync: true });
  await db.close();
  await (await openLevel(home)).close();
  const { files, damaged } = await checkLevelTables(home);
  assert.deepEqual([files, damaged], [1, []]);
  const name = (await readdir(home)).find((file) => file.endsWith(".ldb"))!;
  const whole = await readFile(join(home, name));
  for (let i = 0; i < 200; i++) {
    // The padding of the footer says nothing.
    const at = i < 8 ? whole.length - 1 - i : Math.floor(((whole.length - 48) * i) / 200);
    const bytes = Uint8Array.from(whole);
    bytes[at]! ^= 1 << (i & 7);
    await writeFile(join(home, name), bytes);
    const named = (await checkLevelTables(home)).damaged;
    assert.ok(named.length > 0 && named[0]!.startsWith(`${name}: `), `byte ${at} of ${whole.length}`);
  }
});
