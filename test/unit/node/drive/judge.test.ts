import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { ed25519PublicKey, signEd25519, validatorAddress } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { indexOf, proposerAt, validatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, PREVOTE, proposalSignBytes, voteSignBytes } from "#proto/types/vote.js";
import { initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type { Message } from "#consensus/types.js";
import { judge } from "#node/drive/judge.js";
import { block, startHeight } from "#test/unit/consensus/build.js";

const CHAIN = "tributary-1";
const seeds = [0, 1, 2, 3].map((i) => sha256(utf8(`seed ${i}`)));
const set = validatorSet(seeds.map((seed) => ({ pubKey: ed25519PublicKey(seed), power: 10n })));
assert.ok(!isRejection(set));
const { state } = step(initialState(), startHeight(set, undefined, 5n));

function proposal(round: number, proposerOfRound: number, height = 5n): Message {
  const { address: proposer } = proposerAt(set as Exclude<typeof set, Rejection>, proposerOfRound);
  const seed = seeds.find((each) => validatorAddress(ed25519PublicKey(each)).join() === proposer.join())!;
  const unsigned = { height, round, polRound: -1, blockId: block("A"), proposer };
  return {
    kind: "proposal",
    proposal: { ...unsigned, signature: signEd25519(proposalSignBytes(CHAIN, unsigned), seed) },
  };
}

function vote(height: bigint, chainId = CHAIN): Message {
  const validator = validatorAddress(ed25519PublicKey(seeds[0]!));
  const index = indexOf(set as Exclude<typeof set, Rejection>, validator);
  const unsigned = { type: PREVOTE, height, round: 0, blockId: undefined, validator, index };
  return { kind: "vote", vote: { ...unsigned, signature: signEd25519(voteSignBytes(chainId, unsigned), seeds[0]!) } };
}

function commit(height: bigint): Message {
  const unsigned = { type: PRECOMMIT, height, round: 0, blockId: block("A") };
  const members = (set as Exclude<typeof set, Rejection>).members;
  const signatures = members.map(({ address }, index) => {
    const seed = seeds.find((each) => validatorAddress(ed25519PublicKey(each)).join() === address.join())!;
    return { index, validator: address, signature: signEd25519(voteSignBytes(CHAIN, unsigned), seed) };
  });
  return { kind: "commit", certificate: { height, round: 0, blockId: block("A"), signatures } };
}

const cases: { name: string; give: Message; expect: string }[] = [
  { name: "a proposal in turn", give: proposal(0, 0), expect: "valid" },
  { name: "a proposal in the turn of a round ahead", give: proposal(9, 9), expect: "valid" },
  { name: "a proposal out of turn (14)", give: proposal(0, 1), expect: "invalid" },
  { name: "a proposal of a round millions ahead", give: proposal(2 ** 31 - 1, 0), expect: "unknown" },
  { name: "a proposal of the next height", give: proposal(0, 0, 6n), expect: "unknown" },
  { name: "a vote of this height", give: vote(5n), expect: "valid" },
  { name: "a vote of the next height", give: vote(6n), expect: "valid" },
  { name: "a commit certificate of this height", give: commit(5n), expect: "valid" },
  { name: "a commit certificate of the next height", give: commit(6n), expect: "unknown" },
  { name: "a vote of another chain (9)", give: vote(5n, "tributary-2"), expect: "invalid" },
  { name: "a vote of a height far ahead", give: vote(9n), expect: "unknown" },
];
for (const { name, give, expect } of cases) {
  test(`${name} is ${expect}`, () => assert.equal(judge(CHAIN, state, set, give), expect));
}

test("a vote of the next height is judged by the set of that height, or not at all", () => {
  const others = validatorSet(seeds.slice(1).map((seed) => ({ pubKey: ed25519PublicKey(seed), power: 10n })));
  assert.ok(!isRejection(others));
  assert.equal(judge(CHAIN, state, others, vote(6n)), "invalid");
  assert.equal(judge(CHAIN, state, undefined, vote(6n)), "unknown");
  assert.equal(judge(CHAIN, state, others, vote(5n)), "valid");
});

test("a node without a height judges nothing", () => {
  for (const { give } of cases) assert.equal(judge(CHAIN, initialState(), set, give), "unknown");
});
