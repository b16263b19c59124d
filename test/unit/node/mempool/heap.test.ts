import assert from "node:assert/strict";
import { test } from "node:test";
import { Heap } from "#node/mempool/heap.js";
import { seeded } from "#test/simulation/random.js";

test("a heap gives everything in order, and a thousand times the items cost a few comparisons more each", () => {
  for (const count of [0, 1, 2, 10, 100, 10_000]) {
    const random = seeded(BigInt(count));
    const items = Array.from({ length: count }, () => random.below(count));
    let compared = 0;
    const heap = new Heap<number>((a, b) => (compared++, a < b));
    for (const item of items) heap.push(item);
    assert.deepEqual(
      items.map(() => heap.take()),
      [...items].sort((a, b) => a - b),
    );
    assert.equal(heap.take(), undefined);
    const each = 3 * Math.ceil(Math.log2(Math.max(2, count)));
    assert.ok(compared <= count * each, `${compared} comparisons for ${count} items`);
  }
});

test("items may come while others are taken", () => {
  const heap = new Heap<number>((a, b) => a < b);
  for (const item of [5, 3, 8]) heap.push(item);
  assert.equal(heap.take(), 3);
  heap.push(4);
  heap.push(9);
  assert.deepEqual([heap.take(), heap.take(), heap.take(), heap.take(), heap.take()], [4, 5, 8, 9, undefined]);
});
