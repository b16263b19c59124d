import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionError } from "#proto/assert.js";
import { utf8 } from "#proto/bytes.js";
import { prefixEnd } from "#state/store/base.js";
import { MemoryBase } from "#state/store/memory.js";
import { gasMeter, metered } from "#state/store/meter.js";
import { View } from "#state/store/view.js";

const one = Uint8Array.of(1);

test("a view refuses an empty value", () => {
  assert.throws(() => new View(new MemoryBase()).put(one, new Uint8Array(0)), AssertionError);
});

test("savepoints close in the order opposite to their opening", () => {
  const view = new View(new MemoryBase());
  const outer = view.savepoint();
  view.savepoint();
  assert.throws(() => view.commit(outer), AssertionError);
  assert.throws(() => view.writes(), AssertionError);
});

test("a rollback undoes what a committed savepoint within it wrote", () => {
  const view = new View(new MemoryBase());
  const outer = view.savepoint();
  const inner = view.savepoint();
  view.put(one, one);
  view.commit(inner);
  view.rollback(outer);
  assert.equal(view.get(one), undefined);
  assert.deepEqual(view.writes(), []);
});

test("a reader of a range may delete what it reads", () => {
  const base = new MemoryBase();
  for (const name of ["a", "b", "c", "d"]) base.apply([[utf8(name), one]]);
  const view = new View(base);
  let seen = 0;
  for (const [key] of view.range({})) {
    view.delete(key);
    seen++;
  }
  assert.equal(seen, 4);
  assert.deepEqual([...view.range({})], []);
});

test("gas follows the costs of Cosmos SDK 0.50", () => {
  let gas = 0n;
  const view = metered(
    new View(new MemoryBase()),
    gasMeter((amount) => (gas += amount)),
  );
  const cost = (act: () => unknown): bigint => {
    gas = 0n;
    act();
    return gas;
  };
  assert.equal(
    cost(() => view.get(utf8("key"))),
    1009n,
  );
  assert.equal(
    cost(() => view.put(utf8("key"), utf8("value"))),
    2240n,
  );
  assert.equal(
    cost(() => view.get(utf8("key"))),
    1024n,
  );
  assert.equal(
    cost(() => [...view.range({})]),
    30n + 24n + 30n,
  );
  assert.equal(
    cost(() => [...view.range({ limit: 1 })]),
    30n + 24n,
  );
  assert.equal(
    cost(() => view.delete(utf8("key"))),
    1000n,
  );
});

test("prefixEnd is the least bytes above a prefix", () => {
  assert.deepEqual(prefixEnd(Uint8Array.of(1, 0xff)), Uint8Array.of(2));
  assert.equal(prefixEnd(Uint8Array.of(0xff)), undefined);
});
