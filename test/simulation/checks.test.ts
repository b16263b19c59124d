import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { BlockId } from "#proto/types/block-id.js";
import { PRECOMMIT } from "#proto/types/vote.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";
import { Checks } from "#test/simulation/checks.js";
import { overBound } from "#test/simulation/bounds.js";
import { Cluster } from "#test/simulation/cluster.js";

const FOUR = [10n, 10n, 10n, 10n];

test("evidence against a validator that is thought honest is a problem of the run", async () => {
  const cluster = new Cluster({ seed: 71n, powers: FOUR, roles: { 3: "equivocator" } });
  cluster.checks.guilty.clear();
  cluster.start();
  await cluster.reach(30n, 60_000);
  assert.match(cluster.checks.problems[0] ?? "", /honest/);
  cluster.stop();
});

test("a chain that was not decided as its disk tells is a problem of the run, and so is too much in memory", async () => {
  const cluster = new Cluster({ seed: 72n, powers: FOUR });
  const { checks } = cluster;
  cluster.start();
  assert.ok(await cluster.reach(3n, 30_000));
  const { id, node } = cluster.machines[0]!;
  assert.equal(overBound({ id, node, walBytes: 0 }), undefined);
  assert.match(overBound({ id, node, walBytes: 2 ** 30 }) ?? "", /node0 holds 1073741824 bytes of the write-ahead log/);
  cluster.stop();
  await cluster.checkChain();
  assert.deepEqual(checks.problems, []);
  const last = checks.highest;
  const decided = checks.decidedAt(last)!;
  checks.decidedAt = () => ({ ...decided, stateRoot: "another" });
  await cluster.checkChain();
  assert.match(checks.problems.join(), /^told anew: height 1: /);
});

const [one, two] = [sha256(utf8("one")), sha256(utf8("two"))];
const signed = blockIdFrom(one, 1, two);
const others: { what: string; other: BlockId | undefined }[] = [
  { what: "nil", other: undefined },
  { what: "another header", other: blockIdFrom(two, 1, two) },
  { what: "another number of parts", other: blockIdFrom(one, 2, two) },
  { what: "another part root", other: blockIdFrom(one, 1, one) },
];
for (const { what, other } of others) {
  test(`a second signature that differs in ${what} is a problem of the run, of a vote and of a proposal`, () => {
    const place = { height: 5n, round: 1 };
    const votes = new Checks();
    for (const blockId of [signed, signed, other]) votes.signedVote(0, { ...place, type: PRECOMMIT, blockId });
    assert.match(votes.problems.join(), /^machine 0 signs twice at vote 5\/1\/2: /);
    const proposals = new Checks();
    for (const blockId of [signed, signed, other]) proposals.signedProposal(0, { ...place, polRound: -1, blockId });
    assert.match(proposals.problems.join(), /^machine 0 signs twice at proposal 5\/1: /);
  });
}

test("a proposal signed again with another round of its polka is a problem of the run", () => {
  const checks = new Checks();
  for (const polRound of [-1, -1, 0]) checks.signedProposal(0, { height: 5n, round: 1, polRound, blockId: signed });
  assert.equal(checks.problems.length, 1);
});
