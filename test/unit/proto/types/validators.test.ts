import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes, toHex, utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { TOTAL_POWER_MAX, VALIDATORS_MAX } from "#proto/limits.js";
import { isRejection } from "#proto/rejection.js";
import {
  fromMessage,
  isOneHonest,
  isQuorum,
  prioritiesRoot,
  proposerAt,
  rotate,
  toMessage,
  validatorSet,
  validatorsRoot,
  type ValidatorSet,
} from "#proto/types/validators.js";

const key = (i: number) => sha256(utf8(`key ${i}`));
function setOf(powers: readonly bigint[]): ValidatorSet {
  const set = validatorSet(powers.map((power, i) => ({ pubKey: key(i), power })));
  assert.ok(!isRejection(set));
  return set;
}

test("V2: what no set may be", () => {
  const name = (list: { pubKey: Uint8Array; power: bigint }[]): string => {
    const set = validatorSet(list);
    return isRejection(set) ? set.name : "good";
  };
  assert.equal(name([]), "empty");
  assert.equal(name([{ pubKey: key(0), power: 0n }]), "badPower");
  assert.equal(name([{ pubKey: key(0), power: -1n }]), "badPower");
  assert.equal(name([{ pubKey: new Uint8Array(31), power: 1n }]), "badKey");
  assert.equal(name([{ pubKey: key(0), power: TOTAL_POWER_MAX + 1n }]), "totalPower");
  assert.equal(name([0, 0].map((i) => ({ pubKey: key(i), power: 1n }))), "duplicate");
  assert.equal(name(Array.from({ length: VALIDATORS_MAX + 1 }, (_, i) => ({ pubKey: key(i), power: 1n }))), "tooMany");
  assert.equal(name([{ pubKey: key(0), power: TOTAL_POWER_MAX }]), "good");
});

test("members stand by power, descending, then by address", () => {
  const { members } = setOf([1n, 5n, 5n, 3n]);
  assert.deepEqual(
    members.map((member) => member.power),
    [5n, 5n, 3n, 1n],
  );
  assert.ok(compareBytes(members[0]!.address, members[1]!.address) < 0);
});

const powers = fc.array(fc.bigInt(1n, 40n), { minLength: 1, maxLength: 8 });

test("V3: over as many turns as there is power, each proposes exactly its power's number of times", () => {
  fc.assert(
    fc.property(powers, (list) => {
      let set = setOf(list);
      const turns = new Map<string, bigint>();
      for (let i = 0n; i < set.totalPower; i++) {
        const { next, proposer } = rotate(set);
        const name = toHex(proposer.address);
        turns.set(name, (turns.get(name) ?? 0n) + 1n);
        set = next;
      }
      for (const { address, power } of set.members) assert.equal(turns.get(toHex(address)), power);
    }),
    { seed: 3, numRuns: 60 },
  );
});

test("V3: priorities stay within twice the total power, from wherever they start, and sum to almost nothing", () => {
  const priority = fc.bigInt(-(1n << 62n), 1n << 62n);
  fc.assert(
    fc.property(powers, fc.array(priority, { minLength: 8, maxLength: 8 }), (list, priorities) => {
      const fresh = setOf(list);
      let set: ValidatorSet = {
        ...fresh,
        members: fresh.members.map((member, i) => ({ ...member, priority: priorities[i]! })),
      };
      for (let i = 0; i < 5; i++) {
        set = rotate(set).next;
        const all = set.members.map((member) => member.priority).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        assert.ok(all.at(-1)! - all[0]! <= 3n * set.totalPower, "spread");
        const sum = all.reduce((total, each) => total + each, 0n);
        assert.ok(sum >= 0n && sum < BigInt(all.length), `sum ${sum}`);
      }
    }),
    { seed: 4, numRuns: 100 },
  );
});

test("a round's proposer is found by turns on a copy", () => {
  const set = setOf([3n, 2n, 1n]);
  const before = toHex(prioritiesRoot(set));
  const names = [0, 1, 2, 3, 4, 5].map((round) => proposerAt(set, round).power);
  assert.deepEqual(
    [...names].sort((a, b) => Number(b - a)),
    [3n, 3n, 3n, 2n, 2n, 1n],
  );
  assert.equal(toHex(prioritiesRoot(set)), before);
  assert.deepEqual(proposerAt(rotate(set).next, 0), proposerAt(set, 1));
});

test("V3: among equals the lowest address is first", () => {
  for (const powers of [
    [1n, 1n, 1n],
    [7n, 7n, 7n, 7n, 7n],
  ]) {
    const set = setOf(powers);
    const order = powers.map((_, round) => proposerAt(set, round).address);
    assert.deepEqual(order, order.toSorted(compareBytes));
  }
});

test("V4: priorities have a root of their own, and leave the keys' root alone", () => {
  const set = setOf([3n, 2n]);
  const { next } = rotate(set);
  assert.deepEqual(validatorsRoot(next), validatorsRoot(set));
  assert.notDeepEqual(prioritiesRoot(next), prioritiesRoot(set));
});

test("a set comes back from its message; one that is disordered or incomplete does not", () => {
  const { next: set } = rotate(setOf([3n, 2n, 2n]));
  const wire = toMessage(set);
  assert.deepEqual(fromMessage(wire), set);
  assert.ok(isRejection(fromMessage({ ...wire, validators: wire.validators.toReversed() })));
  assert.ok(isRejection(fromMessage({ ...wire, priorities: wire.priorities.slice(1) })));
  assert.ok(isRejection(fromMessage({ ...wire, priorities: wire.priorities.toReversed() })));
});

test("thresholds are strict", () => {
  assert.deepEqual([isQuorum(66n, 99n), isQuorum(67n, 99n)], [false, true]);
  assert.deepEqual([isOneHonest(33n, 99n), isOneHonest(34n, 99n)], [false, true]);
});
