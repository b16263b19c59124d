import assert from "node:assert/strict";
import { test } from "node:test";
import { u64be, utf8, type Bytes } from "#proto/bytes.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { blockReader, stateReader } from "#node/storage/chain-reader.js";
import type { Db } from "#node/storage/database/db.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { recordName } from "#node/storage/database/tables.js";
import type { ChainStore } from "#node/storage/types.js";
import type { Write } from "#state/store/base.js";

const keyOf = (i: bigint): Bytes => utf8(`key ${i}`);

async function commit(store: ChainStore, writes: readonly Write[]): Promise<void> {
  const height = store.head!.height + 1n;
  const bytes = u64be(height);
  const blockHash = headerHashOf(new Uint8Array(32).fill(Number(height)));
  await store.commitHeight({ height, blockHash, block: bytes, certificate: bytes, results: bytes, writes });
}

/** Each height changes a shared key, adds one, and takes away the one of three heights before. */
const writesOf = (height: bigint): Write[] => [
  [utf8("shared"), u64be(height)],
  [keyOf(height), u64be(height)],
  [keyOf(height - 3n), undefined],
];

async function world() {
  const db = new MemoryDisk().open();
  const store = await openChainStore(db, { stateHeights: 6n, proofHeights: 4n, blockHeights: 3n });
  await store.commitGenesis({ document: utf8("g"), initialHeight: 1n, writes: [[utf8("shared"), u64be(0n)]] });
  return { db, store };
}

test("a reader of the same database answers as the writer does, height for height", async () => {
  const { db, store } = await world();
  const reader = stateReader(db);
  for (let height = 1n; height <= 12n; height++) {
    await commit(store, writesOf(height));
    if (height % 5n === 0n) await store.prune();
    assert.deepEqual(await reader.follow(), store.head);
    assert.equal(reader.firstBlock, store.firstBlock);
    for (let at = 1n; at <= height; at++) {
      for (const of of ["block", "certificate", "results", "blockHash", "rootAfter"] as const) {
        assert.deepEqual(reader[of](at), store[of](at), `${of} ${at}`);
      }
      for (const key of [utf8("shared"), keyOf(at), utf8("absent")]) {
        assert.deepEqual(
          outcome(() => reader.viewAt(at).get(key)),
          outcome(() => store.viewAt(at).get(key)),
        );
        assert.deepEqual(
          outcome(() => reader.prove(key, at)),
          outcome(() => store.prove(key, at)),
        );
      }
      assert.deepEqual(
        outcome(() => [...reader.viewAt(at).range({})]),
        outcome(() => [...store.viewAt(at).range({})]),
      );
    }
  }
});

test("a reader's view stays what it was while the writer goes on, until it is pruned", async () => {
  const { db, store } = await world();
  await commit(store, writesOf(1n));
  const reader = stateReader(db);
  await reader.follow();
  const view = reader.viewAt(1n);
  const before = [...view.range({})];
  await commit(store, writesOf(2n));
  assert.deepEqual([...view.range({})], before);
  assert.deepEqual(view.get(utf8("shared")), u64be(1n));
  for (let height = 3n; height <= 10n; height++) await commit(store, writesOf(height));
  await store.prune();
  assert.throws(() => view.get(utf8("shared")), { code: "storage.pruned" });
  assert.throws(() => [...view.range({})], { code: "storage.pruned" });
});

test("a reader that fell behind takes over all heights between, and damage stays damage", async () => {
  const { db, store } = await world();
  await commit(store, writesOf(1n));
  const reader = stateReader(db);
  await reader.follow();
  for (let height = 2n; height <= 9n; height++) await commit(store, writesOf(height));
  await reader.follow();
  assert.deepEqual(reader.prove(utf8("shared"), 8n), store.prove(utf8("shared"), 8n));
  const [record] = [...db.range({ from: Uint8Array.of(0x20), to: Uint8Array.of(0x21), limit: 1 })];
  await db.write([[record![0], undefined]], { sync: false });
  assert.throws(() => reader.viewAt(9n).get(record![0].subarray(1)), { code: "storage.corrupt_record" });
});

test("reading blocks does not read the genesis again, which is as large as the first state", async () => {
  const { db, store } = await world();
  for (let height = 1n; height <= 4n; height++) await commit(store, writesOf(height));
  let genesisReads = 0;
  const watched: Db = Object.assign(Object.create(db) as Db, {
    get(key: Uint8Array) {
      if (recordName(key) === "genesis") genesisReads++;
      return db.get(key);
    },
  });
  const blocks = blockReader(watched);
  for (let height = 1n; height <= 4n; height++) assert.ok(blocks.block(height));
  assert.equal(blocks.firstBlock, 1n);
  assert.equal(genesisReads, 1);
});

test("pruning stops at the height up to which others have forgotten", async () => {
  const { db, store } = await world();
  for (let height = 1n; height <= 9n; height++) await commit(store, writesOf(height));
  const blocks = blockReader(db);
  await store.prune(4n);
  assert.equal(blocks.firstBlock, 4n);
  assert.equal(blocks.block(3n), undefined);
  await store.prune(2n);
  assert.equal(blocks.firstBlock, 4n);
  await store.prune(100n);
  assert.equal(blocks.firstBlock, 7n);
});

function outcome(ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    return (error as { code?: string }).code;
  }
}
