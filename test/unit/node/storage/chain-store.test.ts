import assert from "node:assert/strict";
import { test } from "node:test";
import { u64be, utf8 } from "#proto/bytes.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import type { ChainStore } from "#node/storage/types.js";

const key = utf8("k");

async function grown(disk: MemoryDisk, heights: bigint): Promise<ChainStore> {
  const store = await openChainStore(disk.open(), { stateHeights: 3n, proofHeights: 3n, blockHeights: 2n });
  await store.commitGenesis({ document: utf8("g"), initialHeight: 5n, writes: [[key, u64be(4n)]] });
  for (let height = 5n; height < 5n + heights; height++) {
    const bytes = u64be(height);
    const blockHash = headerHashOf(new Uint8Array(32).fill(Number(height)));
    await store.commitHeight({
      height,
      blockHash,
      block: bytes,
      certificate: bytes,
      results: bytes,
      writes: [[key, bytes]],
    });
  }
  return store;
}

test("a chain that begins above height 1 has its genesis state one below", async () => {
  const store = await grown(new MemoryDisk(), 1n);
  assert.equal(store.initialHeight, 5n);
  assert.equal(store.firstBlock, 5n);
  assert.equal(store.head!.height, 5n);
  assert.deepEqual(store.viewAt(4n).get(key), u64be(4n));
  assert.throws(() => store.viewAt(3n), { code: "storage.pruned" });
  assert.throws(() => store.viewAt(6n), { code: "storage.unknown_height" });
  assert.equal(store.block(4n), undefined);
});

test("a view that is pruned while it is in use refuses instead of guessing", async () => {
  const store = await grown(new MemoryDisk(), 3n);
  const view = store.viewAt(5n);
  assert.deepEqual(view.get(key), u64be(5n));
  for (let height = 8n; height <= 12n; height++) {
    const bytes = u64be(height);
    await store.commitHeight({
      height,
      blockHash: headerHashOf(new Uint8Array(32)),
      block: bytes,
      certificate: bytes,
      results: bytes,
      writes: [[key, bytes]],
    });
  }
  await store.prune();
  assert.throws(() => view.get(key), { code: "storage.pruned" });
  assert.throws(() => [...view.range({})], { code: "storage.pruned" });
  assert.equal(store.firstBlock, 11n);
  assert.equal(store.block(10n), undefined);
});

test("heights are committed one after the other", async () => {
  const store = await grown(new MemoryDisk(), 1n);
  const bytes = u64be(9n);
  const commit = {
    height: 9n,
    blockHash: headerHashOf(new Uint8Array(32)),
    block: bytes,
    certificate: bytes,
    results: bytes,
    writes: [],
  };
  await assert.rejects(store.commitHeight(commit), /does not follow/);
});

test("a refused write stops the store until it is opened again", async () => {
  const disk = new MemoryDisk();
  const store = await grown(disk, 1n);
  disk.crash(() => 0);
  const bytes = u64be(6n);
  const commit = {
    height: 6n,
    blockHash: headerHashOf(new Uint8Array(32)),
    block: bytes,
    certificate: bytes,
    results: bytes,
    writes: [],
  };
  await assert.rejects(store.commitHeight(commit));
  const again = await openChainStore(disk.open());
  assert.equal(again.head!.height, 5n);
  assert.equal((await again.commitHeight(commit)).height, 6n);
});

test("a damaged record is named", async () => {
  const disk = new MemoryDisk();
  await (await grown(disk, 2n)).close();
  const [record, value] = [...disk.entries()].find(([at]) => at[0] === 0x10)!;
  const flipped = value.slice();
  flipped[0]! ^= 1;
  disk.damage(record, flipped);
  const store = await openChainStore(disk.open());
  assert.throws(() => store.block(5n), /database record block 0000000000000005 fails its checksum/);
});
