import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { faultOf } from "#cli/report.js";
import { StorageFault } from "#node/storage/fault.js";
import { osError } from "#node/runtime/os-error.js";

test("what the system says becomes a code, a sentence and a next step, however deep it lies", () => {
  const directory = mkdtempSync(join(tmpdir(), "os-"));
  try {
    const thrown = (act: () => unknown): unknown => {
      try {
        act();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    const isDirectory = thrown(() => readFileSync(directory));
    const file = join(directory, "file");
    writeFileSync(file, "");
    const below = thrown(() => readFileSync(join(file, "below")));
    assert.match(osError(isDirectory)!.message, /it is a directory where a file belongs \(EISDIR, read\)/);
    assert.equal(
      osError(below)!.message,
      `${join(file, "below")}: a file stands where a directory belongs (ENOTDIR, open)`,
    );
    const deep = new Error("outer", { cause: new StorageFault("storage.write", "the middle", isDirectory) });
    assert.equal(osError(deep)!.code, "os.is_directory");
    assert.equal(osError(new Error("nothing of the system")), undefined);
    assert.equal(osError(new TypeError("x", { cause: "text" })), undefined);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("an unknown errno is not a bug", () => {
  const odd = Object.assign(new Error("x"), { code: "EWEIRD", errno: -999, syscall: "open", path: "/a" });
  assert.equal(osError(odd)!.message, "/a: the system refused (EWEIRD, open)");
  assert.equal(faultOf(odd)!.code, "os.other");
});

test("the words of LevelDB are understood, and a fault says them with its own", () => {
  const cause = Object.assign(new Error("IO error: /h/data/chain.db/000005.log: No space left on device"), {
    code: "LEVEL_IO_ERROR",
  });
  const fault = faultOf(new StorageFault("storage.write", "height 7 could not be written", cause))!;
  assert.equal(fault.message, "height 7 could not be written: /h/data/chain.db/000005.log: the disk is full");
  assert.equal(fault.fix, "make room there");
});
