import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#proto/bytes.js";
import { PRECOMMIT, PREVOTE, type VoteType } from "#proto/types/vote.js";
import { LockCheck } from "#test/simulation/locks.js";
import { block, validators } from "#test/unit/consensus/build.js";

const set = validators([10n, 10n, 10n, 10n]);
const nameOf = (index: number): string => toHex(set.members[index]!.address);

/** @param dishonest whose votes may be for anything */
function checkOf(dishonest: readonly number[] = []) {
  const problems: string[] = [];
  const check = new LockCheck((line) => void problems.push(line));
  for (const index of dishonest) check.dishonest.add(nameOf(index));
  check.setAt(1n, set);
  const say = (type: VoteType, round: number, name: string | undefined, indexes: readonly number[]): void => {
    for (const index of indexes) {
      check.signed(nameOf(index), { type, height: 1n, round, blockId: name === undefined ? undefined : block(name) });
    }
  };
  return { problems, say };
}

/** All prevoted A in round 0, and 0 is locked on it. */
function locked(dishonest: readonly number[] = []) {
  const check = checkOf(dishonest);
  check.say(PREVOTE, 0, "A", [0, 1, 2]);
  check.say(PRECOMMIT, 0, "A", [0]);
  return check;
}

test("who keeps its lock, or says nil, is no problem", () => {
  const { problems, say } = locked();
  for (const round of [1, 2]) say(PREVOTE, round, "A", [0]);
  for (const type of [PREVOTE, PRECOMMIT] as const) say(type, 3, undefined, [0]);
  assert.deepEqual(problems, []);
});

test("another block is prevoted only behind a polka of a later round for it", () => {
  const { problems, say } = locked();
  say(PREVOTE, 1, "B", [1, 2, 3]);
  say(PREVOTE, 2, "B", [0]);
  assert.deepEqual(problems, []);
  say(PREVOTE, 2, "C", [0]);
  assert.match(problems.join(), new RegExp(`^${nameOf(0)} is locked on .* since 1/0 and prevotes .* in round 2$`));
});

test("a polka of the locked round or before, or an incomplete one, frees no lock", () => {
  for (const [round, voters] of [
    [0, [1, 2, 3]],
    [1, [1, 2]],
    [1, [1, 1, 1, 2]],
  ] as const) {
    const { problems, say } = locked();
    say(PREVOTE, round, "B", voters);
    say(PREVOTE, 2, "B", [0]);
    assert.equal(problems.length, 1, `${round} ${voters.join(" ")}`);
  }
});

test("dishonest validators may have signed unseen messages, and no more than their power", () => {
  const { problems, say } = locked([3]);
  say(PREVOTE, 1, "B", [1, 2]);
  say(PREVOTE, 2, "B", [0]);
  assert.deepEqual(problems, []);
  const other = locked([3]);
  other.say(PREVOTE, 1, "B", [1]);
  other.say(PREVOTE, 2, "B", [0]);
  assert.equal(other.problems.length, 1);
});

test("a block is precommitted only behind its own polka of that round", () => {
  const { problems, say } = checkOf();
  say(PREVOTE, 0, "A", [0, 1, 2]);
  say(PRECOMMIT, 0, "A", [0]);
  assert.deepEqual(problems, []);
  say(PRECOMMIT, 1, "A", [1]);
  assert.match(problems.join(), /precommits .* at 1\/1 without a polka for it$/);
});
