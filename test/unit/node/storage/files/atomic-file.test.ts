import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { utf8, utf8Text } from "#proto/bytes.js";
import { systemFiles } from "#node/runtime/files.js";
import { replaceFile } from "#node/storage/files/atomic-file.js";
import { drawnRemains, MemoryFiles } from "#node/storage/files/memory-files.js";

test("a crash leaves the old bytes or the new ones, and the new ones once they were promised", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(20), fc.infiniteStream(fc.nat()), async (turns, chance) => {
      const disk = new MemoryFiles();
      await replaceFile(disk.mount(), "home/state", utf8("old"));
      let promised = false;
      const done = replaceFile(disk.mount(), "home/state", utf8("a longer new one")).then(
        () => (promised = true),
        () => false,
      );
      for (let i = 0; i < turns; i++) await Promise.resolve();
      const before = promised;
      disk.crash(drawnRemains((below) => chance.next().value % below));
      await done;
      const kept = utf8Text((await disk.mount().read("home/state"))!);
      assert.ok(kept === "a longer new one" || (kept === "old" && !before), kept);
      await replaceFile(disk.mount(), "home/state", utf8("third"));
      assert.equal(utf8Text((await disk.mount().read("home/state"))!), "third");
    }),
    { numRuns: 500, seed: 8 },
  );
});

test("system files are replaced, and nothing is left beside them", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "tributary-file-"));
  t.after(() => rm(home, { recursive: true }));
  const path = join(home, "state.json");
  await replaceFile(systemFiles, path, utf8("one"));
  await replaceFile(systemFiles, path, utf8("two"));
  assert.equal(utf8Text((await systemFiles.read(path))!), "two");
  assert.deepEqual(await readdir(home), ["state.json"]);
});
