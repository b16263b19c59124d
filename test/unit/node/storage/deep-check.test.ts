import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { certificateCodec } from "#proto/types/block.js";
import { deepCheckDb } from "#node/home/deep-check.js";
import { useNatives } from "#node/runtime/natives.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { CHECKSUM_BYTES, RecordMaker } from "#node/storage/database/record-maker.js";
import { TABLE } from "#node/storage/database/tables.js";
import { LoneChain } from "#test/fixtures/lone-chain.js";

useNatives();

async function chainDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const store = await openChainStore(disk.open());
  await (await LoneChain.open(store)).grow(4);
  await store.close();
  return disk;
}

/** The first record of a table whose key is longer than `above`. */
function recordOf(disk: MemoryDisk, table: number, above = 0): readonly [Bytes, Bytes] {
  for (const entry of disk.entries()) if (entry[0][0] === table && entry[0].length > above) return entry;
  throw new Error("no such record");
}

async function problems(disk: MemoryDisk): Promise<Record<string, readonly string[]>> {
  const db = disk.open();
  const found = await deepCheckDb(db);
  await db.close();
  return Object.fromEntries(found.filter((one) => one.problems.length > 0).map((one) => [one.check, one.problems]));
}

test("a whole chain has no problems", async () => {
  assert.deepEqual(await problems(await chainDisk()), {});
});

test("a record that fails its checksum is named", async () => {
  const disk = await chainDisk();
  const [key, stored] = recordOf(disk, TABLE.block);
  disk.damage(
    key,
    stored.map((byte, i) => (i === 3 ? byte ^ 1 : byte)),
  );
  const found = await problems(disk);
  assert.match(found["records"]![0]!, /block 0000000000000001 fails its checksum/);
  assert.match(found["blocks"]![0]!, /block 0000000000000001/);
});

test("a block whose certificate names one part more is found, though its header is the one", async () => {
  const disk = await chainDisk();
  const [key, stored] = recordOf(disk, TABLE.certificate);
  const certificate = certificateCodec.decode(stored.subarray(0, stored.length - CHECKSUM_BYTES));
  assert.ok(!isRejection(certificate));
  const { parts, hash } = certificate.blockId!;
  const other = { ...certificate, blockId: { hash, parts: { ...parts!, total: parts!.total + 1 } } };
  disk.damage(key, new RecordMaker().of(key, certificateCodec.encode(other))[1]);
  assert.deepEqual((await problems(disk))["blocks"], ["block 1: its certificate is for another block"]);
});

test("a value that was changed with a good checksum, or lost, shows in the root and by its bucket", async () => {
  for (const lost of [false, true]) {
    const disk = await chainDisk();
    const [key] = recordOf(disk, TABLE.state, 22);
    const other = concat(u64be(1n), utf8("another value"));
    disk.damage(key, lost ? undefined : new RecordMaker().of(key, other)[1]);
    assert.match((await problems(disk))["state root"]![0]!, /buckets that differ: bucket [0-9a-f]{10}/);
  }
});

test("a bucket that lost a leaf is named", async () => {
  const disk = await chainDisk();
  disk.damage(recordOf(disk, TABLE.bucket)[0], undefined);
  assert.match((await problems(disk))["state root"]![0]!, /buckets that are not what the values say: bucket/);
});
