import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import type { BlockId } from "#proto/types/block-id.js";
import { validatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, PREVOTE, type VoteType } from "#proto/types/vote.js";
import { guiltyOf, hear, isEnough, nothingHeard, type Heard } from "#test/simulation/accountability.js";
import { plottersOf } from "#test/simulation/fork.js";
import { seeded } from "#test/simulation/random.js";
import { simulate } from "#test/simulation/run.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

test("more than a third that conspires forks the chain, and the votes of both sides convict a third and no other validator", async () => {
  for (const seed of [1n, 6n]) {
    const { problem, faults } = await simulate(seed, { mode: "accountability", heights: 3n });
    assert.equal(problem, undefined);
    assert.ok((faults["forks"] ?? 0) > 0, "the plot failed");
  }
});

test("powers that no plot of less than two thirds can divide have no plotters", () => {
  assert.equal(plottersOf([10n, 19n, 22n, 6n], seeded(1n)), undefined);
  assert.notEqual(plottersOf([10n, 10n, 10n, 10n], seeded(1n)), undefined);
});

const block = (name: string): BlockId => blockIdFrom(sha256(utf8(name)), 1, sha256(utf8(`${name} parts`)));
const [A, B] = [block("a"), block("b")];
const set = validatorSet([1, 2, 3, 4].map((i) => ({ pubKey: sha256(utf8(`key ${i}`)), power: 10n })));
assert.ok(!isRejection(set));

function saying(heard: Heard, index: number, type: VoteType, round: number, blockId: BlockId | undefined): void {
  assert.ok(!isRejection(set));
  const vote = { type, height: 1n, round, blockId, index, validator: set.members[index]!.address, signature: utf8("") };
  hear({ kind: "vote", vote }, () => heard);
}

const crimes = (heard: Heard): string[] => {
  assert.ok(!isRejection(set));
  return guiltyOf(set, heard).map(({ member, crime }) => `${set.members.indexOf(member)} ${crime}`);
};

test("a lock is forgotten only by who votes for another block without a polka since", () => {
  const heard = nothingHeard();
  for (const index of [0, 1, 2]) saying(heard, index, PREVOTE, 0, A);
  for (const index of [0, 1, 2]) saying(heard, index, PRECOMMIT, 0, A);
  saying(heard, 3, PRECOMMIT, 0, undefined);
  assert.deepEqual(crimes(heard), []);
  for (const index of [0, 1, 3]) saying(heard, index, PREVOTE, 1, B);
  assert.deepEqual(crimes(heard), ["0 forgotten lock", "1 forgotten lock"]);
  assert.ok(isEnough(set, guiltyOf(set, heard)));
  // The polka of round 1 allows it to later voters.
  saying(heard, 2, PREVOTE, 2, B);
  assert.deepEqual(crimes(heard), ["0 forgotten lock", "1 forgotten lock"]);
});

test("two votes in one place convict, nil and a block included; a third is not yet shown by one of four", () => {
  const heard = nothingHeard();
  saying(heard, 2, PRECOMMIT, 3, A);
  saying(heard, 2, PREVOTE, 3, undefined);
  assert.deepEqual(crimes(heard), []);
  saying(heard, 2, PRECOMMIT, 3, undefined);
  assert.deepEqual(crimes(heard), ["2 two votes"]);
  assert.ok(!isEnough(set, guiltyOf(set, heard)));
});
