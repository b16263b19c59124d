import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { u32be, utf8, utf8Text, type Bytes } from "#proto/bytes.js";
import { systemFiles } from "#node/runtime/files.js";
import { StorageFault } from "#node/storage/fault.js";
import type { Files } from "#node/storage/files/files.js";
import { drawnRemains, MemoryFiles } from "#node/storage/files/memory-files.js";
import { FILE_BYTES_MAX, openWal } from "#node/storage/files/wal.js";
import { PAYLOAD_BYTES_MAX } from "#node/storage/files/wal-record.js";

const FIRST = "wal/00000000000000000007-000000.wal";
const texts = (entries: readonly Bytes[]): (string | undefined)[] => entries.map(utf8Text);

/** Two synced batches of two entries each at height 7. */
async function written(disk: MemoryFiles): Promise<void> {
  const wal = await openWal(disk.mount(), "wal");
  await wal.begin(7n);
  for (const batch of [
    ["one", "two"],
    ["three", "four"],
  ]) {
    for (const entry of batch) wal.append(utf8(entry));
    await wal.flush();
  }
  await wal.close();
}

for (const kind of ["memory", "system"]) {
  test(`${kind}: entries come back by height, in order, also over two lives`, async (t) => {
    let files: Files = new MemoryFiles().mount();
    let directory = "wal";
    if (kind === "system") {
      const home = await mkdtemp(join(tmpdir(), "tributary-wal-"));
      t.after(() => rm(home, { recursive: true }));
      directory = join(home, "data", "wal");
      files = systemFiles;
    }
    const wal = await openWal(files, directory);
    await wal.begin(1n);
    wal.append(utf8("a"));
    await wal.begin(2n);
    wal.append(utf8("b"));
    await wal.flush();
    await wal.close();
    const again = await openWal(files, directory);
    assert.deepEqual(texts(await again.read(2n)), ["b"]);
    await again.begin(2n);
    again.append(utf8("c"));
    await again.flush();
    assert.deepEqual(texts(await again.read(1n)), ["a"]);
    assert.deepEqual(texts(await again.read(2n)), ["b", "c"]);
    await again.drop(2n);
    assert.deepEqual(await again.read(1n), []);
    assert.deepEqual(texts(await again.read(2n)), ["b", "c"]);
    await again.close();
  });
}

test("a large height goes on in a second file", async () => {
  const disk = new MemoryFiles();
  const wal = await openWal(disk.mount(), "wal");
  await wal.begin(1n);
  const count = Math.ceil(FILE_BYTES_MAX / PAYLOAD_BYTES_MAX) + 1;
  for (let i = 0; i < count; i++) {
    wal.append(new Uint8Array(PAYLOAD_BYTES_MAX).fill(i + 1));
    await wal.flush();
  }
  assert.equal(disk.paths().length, 2);
  const entries = await wal.read(1n);
  assert.deepEqual(
    entries.map((entry) => entry[0]),
    Array.from({ length: count }, (_, i) => i + 1),
  );
});

test("a log cut at any byte loses only the entries behind the cut, and goes on", async () => {
  const whole = new MemoryFiles();
  await written(whole);
  const { length } = whole.content(FIRST).current;
  let fewest = 4;
  for (let cut = length; cut >= 0; cut--) {
    const disk = new MemoryFiles();
    await written(disk);
    disk.damage(FIRST, (bytes) => bytes.slice(0, cut));
    const wal = await openWal(disk.mount(), "wal");
    const kept = texts(await wal.read(7n));
    assert.deepEqual(kept, ["one", "two", "three", "four"].slice(0, kept.length));
    assert.ok(kept.length <= fewest && kept.length >= fewest - 1);
    fewest = kept.length;
    await wal.begin(7n);
    wal.append(utf8("after"));
    await wal.flush();
    await wal.close();
    assert.deepEqual(texts(await (await openWal(disk.mount(), "wal")).read(7n)), [...kept, "after"]);
  }
  assert.equal(fewest, 0);
});

test("a flipped bit is never read as an entry, and stops the node where later entries rely on what it hit", async () => {
  const whole = new MemoryFiles();
  await written(whole);
  const bits = whole.content(FIRST).current.length * 8;
  const firstBatchBits = (24 + 2 * 16 + 6) * 8;
  for (let bit = 0; bit < bits; bit++) {
    const disk = new MemoryFiles();
    await written(disk);
    disk.damage(FIRST, (bytes) => {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      return bytes;
    });
    const opened = openWal(disk.mount(), "wal");
    if (bit < firstBatchBits) {
      await assert.rejects(opened, (error) => error instanceof StorageFault && error.code === "storage.corrupt_log");
      continue;
    }
    const kept = texts(await (await opened).read(7n)); // The last batch may be the torn end of a crash.
    assert.deepEqual(kept, ["one", "two", "three", "four"].slice(0, kept.length));
    assert.ok(kept.length >= 2 && kept.length < 4);
  }
});

test("a length that is wrong and still fits is never taken for an entry (W7)", async () => {
  const whole = new MemoryFiles();
  await written(whole);
  const { length: size } = whole.content(FIRST).current;
  const [first, last] = [24, size - 16 - "four".length];
  for (const at of [first, last]) {
    for (let length = 0; at + 16 + length <= size; length++) {
      if (length === (at === first ? "one" : "four").length) continue;
      const disk = new MemoryFiles();
      await written(disk);
      disk.damage(FIRST, (bytes) => {
        bytes.set(u32be(length), at + 4);
        return bytes;
      });
      const opened = openWal(disk.mount(), "wal");
      if (at === first) await assert.rejects(opened, { code: "storage.corrupt_log" }, `length ${length}`);
      else assert.deepEqual(texts(await (await opened).read(7n)), ["one", "two", "three"], `length ${length}`);
    }
  }
});

test("a damaged file that another one follows stops the node", async () => {
  const disk = new MemoryFiles();
  await written(disk);
  await (await openWal(disk.mount(), "wal")).begin(8n);
  disk.damage(FIRST, (bytes) => bytes.slice(0, -1));
  await assert.rejects(openWal(disk.mount(), "wal"), /damaged at byte/);
});

test("an entry is refused when it is empty or too large", async () => {
  const wal = await openWal(new MemoryFiles().mount(), "wal");
  await wal.begin(1n);
  assert.throws(() => wal.append(new Uint8Array(0)));
  assert.throws(() => wal.append(new Uint8Array(PAYLOAD_BYTES_MAX + 1)));
});

test("a failed sync breaks the log for good", async () => {
  const files = new MemoryFiles().mount();
  let failing = false;
  const flaky: Files = {
    read: (path) => files.read(path),
    size: (path) => files.size(path),
    list: (path) => files.list(path),
    makeDirectory: (path) => files.makeDirectory(path),
    truncate: (path, length) => files.truncate(path, length),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    syncDirectory: (path) => files.syncDirectory(path),
    async create(path) {
      const file = await files.create(path);
      return {
        append: (bytes) => file.append(bytes),
        sync: () => (failing ? Promise.reject(new Error("disk full")) : file.sync()),
        close: () => file.close(),
      };
    },
  };
  const wal = await openWal(flaky, "wal");
  await wal.begin(1n);
  wal.append(utf8("a"));
  failing = true;
  await assert.rejects(wal.flush(), { code: "storage.write" });
  failing = false;
  await assert.rejects(wal.flush(), { code: "storage.write" });
  assert.throws(() => wal.append(utf8("b")), { code: "storage.write" });
});

test("no loss of power takes a flushed entry, nor leaves a gap", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(9), { minLength: 1, maxLength: 60 }),
      fc.infiniteStream(fc.nat()),
      async (steps, chance) => {
        const disk = new MemoryFiles();
        let wal = await openWal(disk.mount(), "wal");
        await wal.begin(1n);
        let logged: number[] = [];
        let flushed = 0;
        let next = 0;
        for (const step of steps) {
          if (step < 7) {
            logged.push(next);
            wal.append(new Uint8Array([...u32be(next), ...new Uint8Array(step * 150)]));
            next++;
          } else if (step === 7) {
            await wal.flush();
            flushed = logged.length;
          } else {
            const inFlight = step === 8 ? wal.flush().catch(() => undefined) : Promise.resolve();
            for (let turns = chance.next().value % 6; turns > 0; turns--) await Promise.resolve();
            disk.crash(drawnRemains((below) => chance.next().value % below));
            await inFlight;
            wal = await openWal(disk.mount(), "wal");
            const kept = (await wal.read(1n)).map((entry) => new DataView(entry.buffer, entry.byteOffset).getUint32(0));
            assert.deepEqual(kept, logged.slice(0, kept.length));
            assert.ok(kept.length >= flushed, `${kept.length} of ${flushed} flushed`);
            await wal.begin(1n);
            logged = kept;
            flushed = kept.length;
          }
        }
      },
    ),
    { numRuns: 400, seed: 7 },
  );
});
