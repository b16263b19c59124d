import assert from "node:assert/strict";
import { test } from "node:test";
import { FingerprintIndex } from "#state/fingerprints/index.js";
import { slotHash } from "#state/fingerprints/slots.js";
import { WindowTable } from "#state/fingerprints/table.js";
import { History, place, randomHistory, senior } from "./history.js";

test("a contribution stands from its completion, accepted or not, until it is withdrawn", () => {
  const history = new History();
  const [first, second] = [history.complete(1, 5, [1, 2]), history.complete(1, 9, [2, 3])];
  history.block();
  assert.equal(senior(history.index, 2), first, "the earlier intent");
  assert.equal(senior(history.index, 3), second);
  assert.equal(place(history.index, 1n, 2), undefined, "nothing is accepted");
  history.accept(second);
  history.block();
  assert.equal(senior(history.index, 2), first);
  assert.equal(place(history.index, 1n, 2), second, "the senior is in review, or was rejected");
  history.withdraw(first);
  history.block();
  assert.equal(senior(history.index, 2), second);
  assert.equal(senior(history.index, 1), undefined);
});

test("an older intent takes a place that no release holds, and contests one that a release holds", () => {
  const history = new History();
  const [old, junior] = [history.complete(1, 5, [1]), history.complete(1, 9, [1])];
  history.accept(junior);
  history.block();
  history.accept(old);
  history.block();
  assert.equal(place(history.index, 1n, 1), old, "not released: the order of intents decides");

  const other = history.complete(2, 20, [1]);
  history.accept(other);
  history.release(2);
  history.block();
  const late = history.complete(2, 3, [1]);
  history.accept(late);
  history.block();
  assert.equal(place(history.index, 2n, 1), other, "released: it keeps its place");
  assert.equal(senior(history.index, 1), late, "the older one is the first committer, and contests");
  history.withdraw(other);
  history.block();
  assert.equal(place(history.index, 2n, 1), late, "a freed place is taken");
});

test("an unsettled batch sees the height at which it was formed, whatever came, went or was accepted since", () => {
  const history = new History();
  const [a, b] = [history.complete(1, 5, [1, 2]), history.complete(2, 6, [1])];
  history.accept(a).accept(b);
  const formed = history.form();
  history.withdraw(a);
  const older = history.complete(2, 1, [1, 3]);
  history.accept(older);
  history.block();
  const now = [senior(history.index, 1), place(history.index, 1n, 1), place(history.index, 2n, 1)];
  assert.deepEqual(now, [older, undefined, older]);
  for (const index of [history.index, history.rebuilt()]) {
    assert.equal(senior(index, 1, formed), a);
    assert.equal(senior(index, 2, formed), a);
    assert.equal(senior(index, 3, formed), undefined);
    assert.equal(place(index, 1n, 1, formed), a);
    assert.equal(place(index, 2n, 1, formed), b);
  }
});

test("over random histories the grown index, a rebuilt one and a walk through the records agree, as of all unsettled heights", () => {
  for (let seed = 1; seed <= 12; seed++) randomHistory(seed, 48, (history) => history.check());
});

test("a table keeps what it has through growth, overwriting and deletion", () => {
  const table = new WindowTable(1, 2);
  const model = new Map<number, number>();
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let i = 0; i < 40_000; i++) {
    const key = random(3_000);
    if (random(3) === 0) {
      table.delete(key % 3, key, 0);
      model.delete(key);
    } else {
      table.set(key % 3, key, 0, i + 1);
      model.set(key, i + 1);
    }
  }
  assert.equal(table.size, model.size);
  for (let key = 0; key < 3_000; key++) assert.equal(table.get(key % 3, key, 0), model.get(key) ?? 0);
});

test("a fingerprint of one contribution takes 32 bytes: 16.8 million of them 537 MB", () => {
  const table = new WindowTable(1, 2);
  for (let i = 0; i < 1 << 16; i++) table.set(0, i, 7, 1);
  assert.equal(table.bytes, 32 * table.size);
  assert.equal(32 * 2 ** 24, 536_870_912);
});

test("the slot depends on the key, the datanet and on every bit of the fingerprint", () => {
  const slots = new Set<number>();
  for (let bit = 0; bit < 32; bit++) slots.add(slotHash(0, 1 << bit, 0, 1, 2)).add(slotHash(0, 0, 1 << bit, 1, 2));
  assert.equal(slots.size, 64);
  assert.notEqual(slotHash(0, 5, 6, 1, 2), slotHash(0, 5, 6, 1, 3));
  assert.notEqual(slotHash(0, 5, 6, 1, 2), slotHash(1, 5, 6, 1, 2));
});

test("an index without members answers with no contribution", () => {
  const index = new FingerprintIndex(new Uint8Array(8));
  assert.equal(senior(index, 1), undefined);
  assert.equal(place(index, 0n, 1), undefined);
});
