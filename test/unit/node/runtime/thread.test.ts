import assert from "node:assert/strict";
import { test } from "node:test";
import { THREAD_FAULTS } from "#node/chain/threads.js";
import { osError } from "#node/runtime/os-error.js";
import { Thread, ThreadFault } from "#node/runtime/thread.js";
import { StorageFault } from "#node/storage/fault.js";
import type { FailingThread } from "#test/fixtures/failing-thread.js";

test("a fault comes out of a thread with what the operating system said", async () => {
  const unexpected = (error: Error): void => assert.fail(error);
  const entry = new URL("../../../fixtures/failing-thread.js", import.meta.url);
  const thread = new Thread<FailingThread>(entry, {
    data: undefined,
    faults: THREAD_FAULTS,
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

test("an entry that never serves calls is a lost thread, and its callers hear of it", async () => {
  const entry = new URL("../../../fixtures/idle-thread.js", import.meta.url);
  const lost: Error[] = [];
  const thread = new Thread<FailingThread>(entry, {
    data: undefined,
    startMs: 20,
    faults: THREAD_FAULTS,
    onBug: (error) => assert.fail(error),
    onLost: (error) => lost.push(error),
  });
  const refused: unknown = await thread.call("write").catch((error: unknown) => error);
  assert.ok(refused instanceof ThreadFault);
  assert.match(refused.message, /did not start within 20 ms/);
  assert.deepEqual(lost, [refused]);
  await thread.end();
});
