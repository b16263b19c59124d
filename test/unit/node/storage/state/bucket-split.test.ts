import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, toHex, u32be, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifyMembership } from "#proto/light/ics23.js";
import { STATE_PROOF_SPEC } from "#proto/light/state-spec.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { useNatives } from "#node/runtime/natives.js";
import { BucketSplit } from "#node/storage/state/bucket-split.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { stateReader } from "#node/storage/chain-reader.js";
import { compareTree, treeProblem } from "#node/storage/deep-check.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { readHead } from "#node/storage/head-record.js";
import { CHECKSUM_BYTES, RecordMaker } from "#node/storage/database/record-maker.js";
import { Records } from "#node/storage/database/records.js";
import { bucketKey, bucketPrefix, single } from "#node/storage/database/tables.js";
import { prefixRange, type Write } from "#state/store/base.js";
import { Top } from "#state/tree/top.js";
import { Tree } from "#state/tree/tree.js";
import { seeded } from "#test/simulation/random.js";

useNatives();

/** 4,096 buckets, which are split from the 32,769th key on, in four heights. */
const FIRST_KEYS = 16_000;
const SPLIT_KEYS = 8 * 4096;
const keyOf = (i: number): Bytes => utf8(`key ${i}`);

/** The same writes in a tree of another depth. */
class Reference {
  readonly #buckets = new Map<number, Bytes>();
  readonly #tree = new Tree(new Top(5), { bucket: (id) => this.#buckets.get(id) ?? new Uint8Array(0) }, 0);

  apply(writes: readonly Write[]): Bytes {
    const { root, buckets } = this.#tree.apply(writes);
    for (const { id, after } of buckets) this.#buckets.set(id, after.slice());
    return root;
  }
}

test("buckets are split over several heights: roots, proofs, readers and checks agree at each, also after a crash there", async () => {
  const disk = new MemoryDisk();
  let db = disk.open();
  let store = await openChainStore(db);
  const reference = new Reference();
  const values = new Map<number, Bytes>();
  const random = seeded(4n);
  const first = Array.from({ length: FIRST_KEYS }, (_, i): Write => [keyOf(i), u32be(i)]);
  for (let i = 0; i < FIRST_KEYS; i++) values.set(i, u32be(i));
  await store.commitGenesis({ document: utf8("g"), initialHeight: 1n, writes: first });
  assert.deepEqual(store.head!.root, reference.apply(first));

  let next = FIRST_KEYS;
  let during = 0;
  let after = 0;
  while (after < 3) {
    const height = store.head!.height + 1n;
    const writes = new Map<number, Write>();
    const splitting = values.size > SPLIT_KEYS - 200;
    for (let i = 0; i < (splitting ? 150 : 1900); i++, next++) writes.set(next, [keyOf(next), u64be(height)]);
    for (let i = 0; i < 100; i++) {
      const at = random.below(next);
      writes.set(at, [keyOf(at), random.chance(30) ? undefined : u64be(height)]);
    }
    for (const [at, [, value]] of writes) value === undefined ? values.delete(at) : values.set(at, value);
    const blockHash = headerHashOf(new Uint8Array(32).fill(Number(height)));
    const bytes = u64be(height);
    const all = [...writes.values()];
    await store.commitHeight({ height, blockHash, block: bytes, certificate: bytes, results: bytes, writes: all });
    assert.deepEqual(toHex(store.head!.root), toHex(reference.apply(all)), `root of height ${height}`);

    const { depth } = readHead(new Records(db).get(single("head"))!);
    const [part] = db.range({ ...prefixRange(bucketPrefix(14)), limit: 1 });
    const [whole] = db.range({ ...prefixRange(bucketPrefix(12)), limit: 1 });
    if (depth === 12 && part === undefined) continue;
    if (depth === 12) during++;
    else {
      after++;
      assert.equal(whole, undefined);
    }

    const reader = stateReader(db);
    await reader.follow();
    for (let i = 0; i < 60; i++) {
      const at = random.below(next);
      assert.deepEqual(store.latest.get(keyOf(at)), values.get(at));
      if (values.get(at) === undefined) continue;
      const { root, proof, value } = store.prove(keyOf(at), height);
      assert.ok(verifyMembership(STATE_PROOF_SPEC, root, proof, keyOf(at), value!));
      if (i < 20) assert.deepEqual(reader.prove(keyOf(at), height), store.prove(keyOf(at), height));
    }
    assert.equal(treeProblem((await compareTree(db))!), undefined);
    disk.crash(() => 0);
    db = disk.open();
    store = await openChainStore(db);
    assert.equal(store.head!.height, height);
  }
  assert.ok(during >= 3, `${during} heights in the middle of the split`);
});

test("a step keeps what it reads, though the next bucket takes its place", () => {
  const bucketOf = (id: number): Bytes =>
    concat(
      ...[0, 70, 130, 200].flatMap((low) => [
        Uint8Array.of(id, low, ...new Uint8Array(30)),
        sha256(u32be(id), u32be(low)),
      ]),
    );
  const room = new Uint8Array(4 * 64);
  const records = new Map<string, Bytes>();
  const making = new BucketSplit(8).step([], (id) => {
    room.set(bucketOf(id));
    return room;
  });
  for (const [key, value] of making(new RecordMaker())) {
    if (value !== undefined) records.set(toHex(key), Uint8Array.from(value.subarray(0, -CHECKSUM_BYTES)));
  }
  for (let id = 0; id < 256; id++) {
    const parts = [0, 1, 2, 3].map((part) => records.get(toHex(bucketKey(10, 4 * id + part)))!);
    assert.deepEqual(concat(...parts), bucketOf(id));
  }
});
