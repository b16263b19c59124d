import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEvidence, judgeEvidence } from "#proto/evidence/judge.js";
import { isRejection } from "#proto/rejection.js";
import { evidenceCodec } from "#proto/types/block.js";
import { PRECOMMIT } from "#proto/types/vote.js";
import { useNatives } from "#node/runtime/natives.js";
import {
  addressOf,
  blockIdOf,
  CHAIN,
  ground,
  pair,
  proposalOf,
  proposalsEvidence,
  TIP,
  timeOf,
  verdictOn,
  voteOf,
  votesEvidence,
} from "./world.js";

useNatives();
const [first, second] = pair("one", "two");
const voteA = voteOf("b", { blockId: blockIdOf(first) });
const voteB = voteOf("b", { blockId: blockIdOf(second) });
const votes = votesEvidence(voteA, voteB);
const proposalA = proposalOf("b", { blockId: blockIdOf(first) });
const proposalB = proposalOf("b", { blockId: blockIdOf(second) });

test("two votes of one validator in one place convict it, with what it had there", () => {
  assert.deepEqual(judgeEvidence(ground, votes), [
    {
      kind: "duplicate_vote",
      validator: addressOf("b"),
      height: 3n,
      time: timeOf(3n),
      power: 30n,
      totalPower: 100n,
    },
  ]);
});

test("a vote for nil and one for a block convict too, nil first", () => {
  const nil = voteOf("b", { blockId: undefined });
  assert.equal(verdictOn(votesEvidence(nil, voteA)), "b");
  assert.equal(verdictOn(votesEvidence(voteA, nil)), "order");
});

test("two proposals convict their signer, in turn or not, and also when only the polka's round differs", () => {
  assert.equal(verdictOn(proposalsEvidence(proposalA, proposalB)), "b");
  const again = proposalOf("b", { blockId: blockIdOf(first), polRound: 1 });
  assert.equal(verdictOn(proposalsEvidence(proposalA, again)), "b");
  assert.equal(verdictOn(proposalsEvidence(again, proposalA)), "order");
  assert.equal(verdictOn(proposalsEvidence(proposalB, proposalA)), "order");
  assert.equal(verdictOn(proposalsEvidence(proposalA, proposalA)), "noConflict");
  assert.equal(verdictOn(proposalsEvidence(proposalA, proposalOf("c", { blockId: blockIdOf(second) }))), "place");
  assert.equal(verdictOn(proposalsEvidence(proposalA, { ...proposalB, signature: proposalA.signature })), "signature");
  assert.equal(
    verdictOn(proposalsEvidence(proposalA, proposalOf("b", { blockId: blockIdOf(second), round: 3 }))),
    "place",
  );
});

test("31: equal votes, wrong order, changed power or total, a validator of another height", () => {
  assert.equal(verdictOn(votesEvidence(voteA, voteA)), "noConflict");
  assert.equal(verdictOn(votesEvidence(voteB, voteA)), "order");
  assert.equal(verdictOn({ ...votes, validatorPower: 31n }), "power");
  assert.equal(verdictOn({ ...votes, totalPower: 101n }), "power");
  // x decides from height 5 on.
  const [a, b] = [first, second].map((name) => voteOf("x", { blockId: blockIdOf(name), index: 1 }));
  assert.equal(verdictOn(votesEvidence(a!, b!)), "notValidator");
});

test("31: votes of two heights, rounds, types or validators contradict nothing", () => {
  const blockId = blockIdOf(second);
  for (const other of [
    voteOf("b", { blockId, height: 4n }),
    voteOf("b", { blockId, round: 2 }),
    voteOf("b", { blockId, type: PRECOMMIT }),
    voteOf("c", { blockId }),
    { ...voteB, index: 2 },
  ]) {
    assert.equal(verdictOn(votesEvidence(voteA, other)), "place");
  }
  // Both say the same wrong place in the set: one content, one encoding.
  assert.equal(verdictOn(votesEvidence({ ...voteA, index: 2 }, { ...voteB, index: 2 })), "place");
});

test("31: both signatures count, each of the accused and on this chain", () => {
  const flipped = (signature: Uint8Array): Uint8Array => signature.map((byte, at) => (at === 5 ? byte ^ 1 : byte));
  assert.equal(verdictOn(votesEvidence({ ...voteA, signature: flipped(voteA.signature) }, voteB)), "signature");
  assert.equal(verdictOn(votesEvidence(voteA, { ...voteB, signature: flipped(voteB.signature) })), "signature");
  const framed = { ...voteOf("c", { blockId: blockIdOf(second), validator: addressOf("b") }), index: voteA.index };
  assert.equal(verdictOn(votesEvidence(voteA, framed)), "signature");
  assert.equal(verdictOn(votes, { ...ground, chainId: `${CHAIN}-other` }), "signature");
});

test("8: another signature of the same content, or the same one encoded otherwise, is no conflict", () => {
  assert.equal(verdictOn(votesEvidence(voteA, { ...voteA, signature: voteB.signature })), "noConflict");
  const bytes = evidenceCodec.encode(votes);
  // A padded varint in front says the same to a lenient reader.
  const padded = Uint8Array.from([bytes[0]!, bytes[1]! | 0x80, bytes[2]! | 0x80, 0x00, ...bytes.subarray(3)]);
  assert.ok(isRejection(decodeEvidence(padded)));
  assert.deepEqual(decodeEvidence(bytes), votes);
});

test("32: a time that is off by the smallest step is refused", () => {
  assert.equal(verdictOn({ ...votes, time: timeOf(3n) + 1n }), "time");
  assert.equal(verdictOn({ ...votes, time: timeOf(3n) - 1n }), "time");
});

test("34: one of the two ages alone does not expire evidence, both do", () => {
  const old = (blocks: bigint, ms: bigint) => ({ ...ground, height: 3n + blocks, time: timeOf(3n) + ms });
  assert.equal(verdictOn(votes, old(101n, 100_000n)), "b");
  assert.equal(verdictOn(votes, old(100n, 100_001n)), "b");
  assert.equal(verdictOn(votes, old(101n, 100_001n)), "expired");
});

test("a height whose block is not committed yet has no time, so its evidence waits", () => {
  const blockId = { height: TIP + 1n };
  const piece = votesEvidence(
    voteOf("a", { ...blockId, blockId: blockIdOf(first) }),
    voteOf("a", { ...blockId, blockId: blockIdOf(second) }),
  );
  assert.equal(verdictOn(piece), "notYet");
});

test("exactly one kind, whole", () => {
  const none = { ...votes, duplicateVote: undefined };
  assert.equal(verdictOn(none), "kind");
  assert.equal(verdictOn({ ...votes, duplicateProposal: { proposalA, proposalB } }), "kind");
  assert.equal(verdictOn({ ...none, duplicateVote: { voteA, voteB: undefined } }), "malformed");
  for (const broken of [
    { type: 0 },
    { type: 32 },
    { height: 0n },
    { round: 2 ** 31 },
    { blockId: { hash: voteA.blockId!.hash, parts: undefined } },
    { validator: new Uint8Array(19) },
    { index: 1_000 },
    { signature: new Uint8Array(65) },
  ]) {
    assert.equal(verdictOn(votesEvidence(voteA, { ...voteB, ...broken })), "malformed", Object.keys(broken)[0]);
  }
  for (const broken of [{ polRound: 2 }, { polRound: -2 }, { blockId: undefined }, { proposer: new Uint8Array(0) }]) {
    assert.equal(verdictOn(proposalsEvidence(proposalA, { ...proposalB, ...broken })), "malformed");
  }
});
