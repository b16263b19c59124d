import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AssertionError } from "#proto/assert.js";
import { compareBytes, concat, utf8 } from "#proto/bytes.js";
import { addressKey, bytesKey, textKey, u32Key, u64Key, type KeyCodec } from "#state/store/key-codec.js";
import { keyspace, refuseClashes } from "#state/store/keyspace.js";
import { MemoryBase } from "#state/store/memory.js";
import { amountValue, textValue } from "#state/store/value-codec.js";
import { View } from "#state/store/view.js";

const address = new Uint8Array(20).fill(7);
const other = new Uint8Array(20).fill(8);

test("a table keeps typed rows in the order of its keys", () => {
  const balances = keyspace(2).table(1, [addressKey, textKey], amountValue);
  const view = new View(new MemoryBase());
  balances.put(view, [address, "utrib"], 5n);
  balances.put(view, [address, "uatom"], (1n << 128n) - 1n);
  balances.put(view, [other, "utrib"], 0n);
  assert.equal(balances.get(view, [address, "utrib"]), 5n);
  assert.equal(balances.get(view, [other, "uatom"]), undefined);
  assert.deepEqual(
    [...balances.range(view, { prefix: [address] })],
    [
      [[address, "uatom"], (1n << 128n) - 1n],
      [[address, "utrib"], 5n],
    ],
  );
  assert.deepEqual([...balances.range(view, { reverse: true, limit: 1 })], [[[other, "utrib"], 0n]]);
  balances.delete(view, [address, "utrib"]);
  assert.equal(balances.has(view, [address, "utrib"]), false);
});

test("rows of another table of the module are not seen", () => {
  const module = keyspace(3);
  const first = module.table(1, [u64Key], textValue);
  const second = module.table(2, [u64Key], textValue);
  const view = new View(new MemoryBase());
  first.put(view, [1n], "");
  second.put(view, [2n], "two");
  assert.deepEqual([...first.range(view)], [[[1n], ""]]);
});

test("a number or a prefix used twice is refused at load", () => {
  const module = keyspace(4);
  module.table(1, [u64Key], textValue);
  assert.throws(() => module.table(1, [textKey], textValue), AssertionError);
  const owners = [
    { name: "bank", prefix: 2 },
    { name: "auth", prefix: 2 },
  ];
  assert.throws(() => refuseClashes(owners), /auth and bank/);
});

function preservesOrder<T>(codec: KeyCodec<T>, value: fc.Arbitrary<T>, compare: (a: T, b: T) => number): void {
  const tail = Uint8Array.of(0xff, 0, 1);
  fc.assert(
    fc.property(value, value, (a, b) => {
      const order = Math.sign(compareBytes(concat(codec.encode(a), tail), concat(codec.encode(b), tail)));
      assert.equal(order, Math.sign(compare(a, b)));
      const key = concat(tail, codec.encode(a), tail);
      assert.deepEqual(codec.decode(key, 3), { value: a, next: key.length - 3 });
    }),
    { seed: 2, numRuns: 500 },
  );
}

test("key codecs keep the order of their values, whatever follows", () => {
  const small = fc
    .uint8Array({ maxLength: 6 })
    .map((bytes) => bytes.map((byte) => (byte % 3) * 127 + (byte % 3 === 2 ? 1 : 0)));
  preservesOrder(bytesKey, small, compareBytes);
  preservesOrder(textKey, fc.string({ unit: "binary", maxLength: 6 }), (a, b) => compareBytes(utf8(a), utf8(b)));
  preservesOrder(u64Key, fc.bigInt(0n, (1n << 64n) - 1n), (a, b) => (a < b ? -1 : a > b ? 1 : 0));
  preservesOrder(u32Key, fc.nat(0xffff_ffff), (a, b) => a - b);
});
