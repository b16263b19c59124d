import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, u64be } from "#proto/bytes.js";
import { FingerprintIndex } from "#state/fingerprints/index.js";
import { slotHash } from "#state/fingerprints/slots.js";

const seed = (byte: number): Uint8Array => new Uint8Array(8).fill(byte);

test("holders are ascending, whatever the order and the seed in which they came", () => {
  const [a, b] = [new FingerprintIndex(seed(1)), new FingerprintIndex(seed(2))];
  const rows: [bigint, bigint[]][] = [
    [7n, [1n, 2n, 0xffff_ffff_ffff_ffffn]],
    [3n, [2n]],
    [5n, [2n, 0n]],
  ];
  for (const [id, fps] of rows) a.add(id, concat(...fps.map(u64be)));
  for (const [id, fps] of [...rows].reverse()) b.add(id, concat(...fps.map(u64be)));
  for (const index of [a, b]) {
    assert.deepEqual(index.holders(u64be(2n)), [3n, 5n, 7n]);
    assert.deepEqual(index.holders(u64be(0n)), [5n]);
    assert.deepEqual(index.holders(u64be(0xffff_ffff_ffff_ffffn)), [7n]);
    assert.deepEqual(index.holders(u64be(3n)), []);
    assert.equal(index.size, 4);
  }
});

test("it grows past its first size and loses nothing", () => {
  const index = new FingerprintIndex(seed(9));
  const mix = (i: bigint): bigint => BigInt.asUintN(64, i * 0x9e37_79b9_7f4a_7c15n);
  for (let i = 1n; i <= 5_000n; i++) index.add(i, u64be(mix(i)));
  for (let i = 1n; i <= 5_000n; i++) index.add(6_000n, u64be(mix(i)));
  for (let i = 1n; i <= 5_000n; i++) assert.deepEqual(index.holders(u64be(mix(i))), [i, 6_000n]);
  assert.equal(index.size, 5_000);
});

test("the slot depends on the key and on every bit of the fingerprint", () => {
  const slots = new Set<number>();
  for (let bit = 0; bit < 32; bit++) slots.add(slotHash(1 << bit, 0, 1, 2)).add(slotHash(0, 1 << bit, 1, 2));
  assert.equal(slots.size, 64);
  assert.notEqual(slotHash(5, 6, 1, 2), slotHash(5, 6, 1, 3));
});
