import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes, toHex, utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { TOTAL_POWER_MAX, VALIDATORS_MAX } from "#proto/limits.js";
import { isRejection } from "#proto/rejection.js";
import { applyUpdates, sameKeysAndPowers } from "#proto/types/validator-updates.js";
import { rotate, validatorSet, type Validator, type ValidatorSet } from "#proto/types/validators.js";

const key = (i: number) => sha256(utf8(`key ${i}`));
const of = (i: number, power: bigint): Validator => ({ pubKey: key(i), power });

function setOf(powers: readonly bigint[]): ValidatorSet {
  const set = validatorSet(powers.map((power, i) => of(i, power)));
  assert.ok(!isRejection(set));
  return set;
}

function updated(set: ValidatorSet, ...updates: readonly Validator[]): ValidatorSet {
  const after = applyUpdates(set, updates);
  assert.ok(
    !isRejection(after),
    JSON.stringify(after, (_key, value) => String(value)),
  );
  return after;
}

const powersOf = (set: ValidatorSet) => set.members.map(({ power }) => power);
const priorityOf = (set: ValidatorSet, i: number) =>
  set.members.find(({ pubKey }) => compareBytes(pubKey, key(i)) === 0)!.priority;

function turned(set: ValidatorSet, turns: number): ValidatorSet {
  let now = set;
  for (let i = 0; i < turns; i++) now = rotate(now).next;
  return now;
}

test("V2: what no update may be", () => {
  const set = setOf([3n, 2n]);
  const many = Array.from({ length: VALIDATORS_MAX }, (_, i) => of(i + 1, 1n));
  const cases: readonly (readonly [string, readonly Validator[]])[] = [
    ["duplicate", [of(5, 1n), of(5, 2n)]],
    ["badPower", [of(0, -1n)]],
    ["badKey", [{ pubKey: new Uint8Array(33), power: 1n }]],
    ["unknown", [of(7, 0n)]],
    ["empty", [of(0, 0n), of(1, 0n)]],
    ["totalPower", [of(5, TOTAL_POWER_MAX - 4n)]],
    ["tooMany", many],
  ];
  for (const [name, updates] of cases) {
    const after = applyUpdates(set, updates);
    assert.equal(isRejection(after) ? after.name : "good", name);
  }
  assert.equal(updated(set, of(5, TOTAL_POWER_MAX - 5n)).totalPower, TOTAL_POWER_MAX);
  assert.equal(
    updated(set, of(0, 0n), of(5, TOTAL_POWER_MAX - 2n)).totalPower,
    TOTAL_POWER_MAX,
    "the sum is what counts",
  );
  assert.equal(updated(set, of(0, 0n), ...many.slice(1)).members.length, VALIDATORS_MAX);
});

test("a set with its updates: who leaves, who joins, whose power changes; in order, the old one untouched", () => {
  const set = turned(setOf([5n, 4n, 3n]), 2);
  const before = structuredClone(set);
  const after = updated(set, of(0, 0n), of(1, 1n), of(3, 9n));
  assert.deepEqual(powersOf(after), [9n, 3n, 1n]);
  assert.equal(after.totalPower, 13n);
  assert.deepEqual(set, before);
  assert.equal(updated(set), set, "nothing to do, nothing done");
  const keys = (s: ValidatorSet) => s.members.map(({ pubKey, power }) => ({ pubKey, power }));
  assert.ok(sameKeysAndPowers(keys(after), keys(rotate(after).next)));
  assert.ok(!sameKeysAndPowers(keys(after), keys(updated(after, of(1, 2n)))));
});

test("V3: a new member starts at minus nine eighths of the new total, known members keep their priorities", () => {
  const set = setOf([40n, 40n]);
  const after = updated(set, of(2, 16n));
  // -108 for the newcomer, 0 for the others; then the average of -36 is taken away.
  assert.deepEqual([priorityOf(after, 0), priorityOf(after, 1), priorityOf(after, 2)], [36n, 36n, -72n]);
  const raised = updated(turned(set, 1), of(0, 41n));
  const [a, b] = [priorityOf(raised, 0), priorityOf(raised, 1)];
  assert.equal(b - a, priorityOf(turned(set, 1), 1) - priorityOf(turned(set, 1), 0), "distances stay");
});

const powers = fc.array(fc.bigInt(1n, 60n), { minLength: 2, maxLength: 7 });
const change = fc.record({ who: fc.nat(9), power: fc.bigInt(0n, 90n), turns: fc.nat(20) });

test("V3: whatever joins, leaves and changes, priorities span at most twice the power, and every turn stays fair", () => {
  fc.assert(
    fc.property(powers, fc.array(change, { maxLength: 12 }), (list, changes) => {
      let set = setOf(list);
      for (const { who, power, turns } of changes) {
        const after = applyUpdates(turned(set, turns), [of(who, power)]);
        if (isRejection(after)) continue;
        set = after;
        const all = set.members.map(({ priority }) => priority);
        const spread = all.reduce((a, b) => (a > b ? a : b)) - all.reduce((a, b) => (a < b ? a : b));
        assert.ok(spread <= 2n * set.totalPower, `spread ${spread} of ${set.totalPower}`);
      }
      // Once the set stands still and the starting distances have worn off, each proposes its power's number of times.
      let calm = turned(set, Number(set.totalPower) * 4);
      const turns = new Map<string, bigint>();
      for (let i = 0n; i < set.totalPower; i++) {
        const { next, proposer } = rotate(calm);
        turns.set(toHex(proposer.address), (turns.get(toHex(proposer.address)) ?? 0n) + 1n);
        calm = next;
      }
      for (const { address, power } of calm.members) assert.equal(turns.get(toHex(address)) ?? 0n, power);
    }),
    { seed: 11, numRuns: 60 },
  );
});

test("V3: leaving and joining again gains nothing: the next turn never comes before it would have", () => {
  const wait = (set: ValidatorSet, i: number): number => {
    let now = set;
    for (let turn = 0; ; turn++) {
      const { next, proposer } = rotate(now);
      if (compareBytes(proposer.pubKey, key(i)) === 0) return turn;
      now = next;
    }
  };
  fc.assert(
    fc.property(powers, fc.nat(60), fc.nat(6), (list, turns, who) => {
      const i = who % list.length;
      const set = turned(setOf(list), turns);
      const away = updated(set, of(i, 0n));
      const back = updated(away, of(i, list[i]!));
      assert.ok(wait(back, i) >= wait(set, i), `${wait(back, i)} turns instead of ${wait(set, i)}`);
    }),
    { seed: 12, numRuns: 300 },
  );
});

test("V5: powers at the bound stay whole numbers, and priorities within 64 bits", () => {
  let set = setOf([TOTAL_POWER_MAX - 3n, 2n, 1n]);
  for (let i = 0; i < 40; i++) {
    set = rotate(updated(set, of(2, i % 2 === 0 ? 0n : 1n))).next;
    for (const { priority } of set.members) assert.ok(priority < 1n << 63n && priority >= -(1n << 63n));
  }
});
