import assert from "node:assert/strict";
import { test } from "node:test";
import { u32be, type Bytes } from "#proto/bytes.js";
import { BucketCache } from "#node/storage/state/bucket-cache.js";
import { seeded } from "#test/simulation/random.js";

/** Bytes that tell which bucket and which version they are of; one in four is longer than a slot. */
const entriesOf = (id: number, version: number): Bytes => {
  const out = new Uint8Array(64 * (1 + ((id + version) % 11)));
  out.set(u32be(id));
  out.set(u32be(version), 4);
  return out;
};

test("a bucket is what was set last, or not there", () => {
  const cache = new BucketCache(64);
  const random = seeded(3n);
  const versions = new Map<number, number>();
  let hits = 0;
  for (let version = 0; version < 20_000; version++) {
    const id = random.below(128);
    const found = cache.get(id);
    if (found !== undefined) {
      hits++;
      assert.deepEqual(found, entriesOf(id, versions.get(id)!));
    }
    if (!random.chance(40)) continue;
    versions.set(id, version);
    cache.set(id, entriesOf(id, version));
    assert.deepEqual(cache.get(id), entriesOf(id, version));
  }
  assert.ok(hits > 8000, `${hits} hits of 20,000 with room for half of the buckets`);
});

test("four buckets of one set are kept, and the first makes room for a fifth", () => {
  const cache = new BucketCache(64);
  for (const id of [5, 21, 37, 53]) cache.set(id, entriesOf(id, 0));
  cache.set(5, entriesOf(5, 1));
  for (const [id, version] of [
    [5, 1],
    [21, 0],
    [37, 0],
    [53, 0],
  ] as const) {
    assert.deepEqual(cache.get(id), entriesOf(id, version));
  }
  cache.set(69, entriesOf(69, 0));
  assert.equal(cache.get(5), undefined);
  assert.deepEqual(cache.get(69), entriesOf(69, 0));
});
