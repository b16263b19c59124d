import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "#proto/crypto/hash.js";
import { utf8 } from "#proto/bytes.js";
import { PRECOMMIT, PREVOTE } from "#proto/types/vote.js";
import { isFromProposer } from "#consensus/proposer.js";
import { block, HEIGHT, vote, words, World } from "#test/unit/consensus/build.js";

/** What a validator may send with a good signature, to break others; numbers are of the list of hostile inputs. */

const FOUR = [10n, 10n, 10n, 10n];
const evidence = (world: World): string[] => words(world.allEffects).filter((word) => word.startsWith("evidence"));

test("1: a vote whose index is beyond the set, or another's, is dropped", () => {
  const world = new World(FOUR, undefined);
  const before = world.state;
  world.feed({ kind: "vote", vote: { ...vote(world.set, 1, PREVOTE, 0, block("A")), index: 4 } });
  world.feed({ kind: "vote", vote: { ...vote(world.set, 1, PREVOTE, 0, block("A")), index: 2 } });
  world.feed({ kind: "vote", vote: { ...vote(world.set, 1, PREVOTE, 0, block("A")), type: 3 } });
  assert.equal(world.state, before);
});

test("5: votes of ten thousand future rounds take the memory of one, and move no validator", () => {
  const world = new World(FOUR, undefined);
  for (let round = 1; round <= 10_000; round++) world.prevotes(round, "A", [2]);
  world.prevotes(2 ** 31 - 1, "A", [2]);
  assert.equal(world.state.round, 0);
  assert.equal(world.state.early.length, 1);
  assert.equal(world.state.rounds.length, 1);
  // The others are still followed, to where an honest one is.
  world.prevotes(4, undefined, [0]);
  assert.equal(world.state.round, 4);
});

test("6: votes of other heights are dropped, but for one of each type and validator of the next height", () => {
  const world = new World(FOUR, undefined);
  for (let i = 0n; i < 10_000n; i++) {
    world.feed({ kind: "vote", vote: vote(world.set, 1, PREVOTE, Number(i % 50n), block("A"), HEIGHT + 1n + i) });
  }
  assert.equal(world.state.nextHeight.length, 1);
  for (let i = 0; i < 5_000; i++) {
    const validator = sha256(utf8(`stranger ${i}`)).slice(0, 20);
    world.feed({ kind: "vote", vote: { ...vote(world.set, 1, PREVOTE, 0, undefined, HEIGHT + 1n), validator } });
  }
  assert.ok(world.state.nextHeight.length <= 1000);
});

test("8: the same vote under another signature is no conflict and counts once", () => {
  const world = new World(FOUR, undefined);
  const one = vote(world.set, 0, PRECOMMIT, 0, block("A"));
  for (let i = 0; i < 10; i++) world.feed({ kind: "vote", vote: { ...one, signature: sha256(utf8(`again ${i}`)) } });
  assert.equal(world.state.rounds[0]!.precommits.heard, 10n);
  assert.deepEqual(evidence(world), []);
});

test("11: a proposal whose polka is of its own or a later round is dropped", () => {
  const world = new World(FOUR, undefined);
  const before = world.state;
  for (const polRound of [0, 1, -2]) world.proposal(0, "A", polRound);
  assert.equal(world.state, before);
});

test("13, X3: two proposals of the right proposer are evidence, and the first one counts", () => {
  const world = new World(FOUR, "other");
  world.proposal(0, "B");
  world.proposal(0, "A");
  world.proposal(0, "C");
  assert.deepEqual(evidence(world), ["evidence duplicate_proposal"]);
  world.value("A");
  assert.deepEqual(words(world.effects), []);
  world.value("B");
  assert.deepEqual(words(world.effects), ["prevote B@0"]);
  const [found] = world.allEffects.flatMap((effect) => (effect.kind === "report_evidence" ? [effect.evidence] : []));
  assert.ok(found !== undefined && found.kind === "duplicate_proposal");
  assert.deepEqual([found.validatorPower, found.totalPower], [10n, 40n]);
});

test("13: two proposals do not keep us from the block that the others lock on", () => {
  const world = new World(FOUR, "other");
  world.proposal(0, "B");
  world.value("B");
  world.value("A");
  world.prevotes(
    0,
    "A",
    [0, 1, 2, 3].filter((i) => i !== world.state.selfIndex),
  );
  assert.deepEqual(words(world.effects), ["precommit A@0"]);
});

test("14: a proposal out of turn is dropped, and can be told from one in turn", () => {
  const world = new World(FOUR, undefined);
  const wrong = world.set.members[world.proposer(1)]!.address;
  const before = world.state;
  world.proposal(0, "A", -1, { proposer: wrong });
  world.proposal(0, "A", -1, { proposer: sha256(utf8("stranger")).slice(0, 20) });
  assert.equal(world.state, before);
  const proposal = { height: HEIGHT, round: 0, polRound: -1, blockId: block("A"), proposer: wrong, signature: wrong };
  assert.equal(isFromProposer(world.state, proposal), false);
  assert.equal(isFromProposer(world.state, { ...proposal, round: 1 }), true);
  assert.equal(isFromProposer(world.state, { ...proposal, round: 2 ** 31 - 1 }), undefined);
});

test("conflicting early votes are evidence too", () => {
  const world = new World(FOUR, undefined);
  world.prevotes(5, "A", [1]);
  world.prevotes(5, "B", [1]);
  assert.deepEqual(evidence(world), ["evidence duplicate_vote"]);
});

test("evidence is in canonical order, whichever vote came first", () => {
  const orders = [
    ["A", "B", undefined],
    ["B", "A", undefined],
  ];
  const found = orders.map(([one, two]) => {
    const world = new World(FOUR, undefined);
    world.prevotes(0, one, [1]);
    world.prevotes(0, two, [1]);
    return world.allEffects.find((effect) => effect.kind === "report_evidence");
  });
  assert.deepEqual(found[0], found[1]);
});

test("a precommit against the decision is evidence after it too", () => {
  const world = new World(FOUR, undefined);
  world.value("A");
  world.precommits(0, "A", [0, 1, 2]);
  world.precommits(0, "B", [1]);
  world.precommits(0, "C", [1]);
  assert.deepEqual(evidence(world), ["evidence duplicate_vote"]);
});
