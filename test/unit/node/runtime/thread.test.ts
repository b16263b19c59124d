import assert from "node:assert/strict";
import { test } from "node:test";
import { CROSSING_FAULTS } from "#node/chain/crossing.js";
import { osError } from "#node/runtime/os-error.js";
import { Thread } from "#node/runtime/thread.js";
import { StorageFault } from "#node/storage/fault.js";
import type { FailingThread } from "#test/fixtures/failing-thread.js";

test("a fault comes out of a thread with what the operating system said", async () => {
  const unexpected = (error: Error): void => assert.fail(error);
  const entry = new URL("../../../fixtures/failing-thread.js", import.meta.url);
  const thread = new Thread<FailingThread>(entry, {
    data: undefined,
    faults: CROSSING_FAULTS,
    onBug: unexpected,
    onLost: unexpected,
  });
  try {
    const written: unknown = await thread.call("write").catch((error: unknown) => error);
    assert.ok(written instanceof StorageFault);
    assert.equal(written.message, "height 4 could not be written");
    assert.deepEqual(osError(written), {
      code: "os.disk_full",
      message: "/home/data/chain.db/000005.log: the disk is full",
      says: "the disk is full",
      next: "make room there",
    });
    const read: unknown = await thread.call("read").catch((error: unknown) => error);
    assert.equal(osError(read)?.code, "os.is_directory");
  } finally {
    await thread.end();
  }
});
