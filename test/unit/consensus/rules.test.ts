import assert from "node:assert/strict";
import { test } from "node:test";
import { PRECOMMIT, PREVOTE } from "#proto/types/vote.js";
import { lacking, summary, wantedBlocks } from "#consensus/knowledge.js";
import { initialState } from "#consensus/round.js";
import type { Input } from "#consensus/types.js";
import { block, HEIGHT, startHeight, TIME, vote, words, World } from "#test/unit/consensus/build.js";

/** One test a rule of Algorithm 1 (T1 to T20); four validators of equal power unless said otherwise. */

const FOUR = [10n, 10n, 10n, 10n];
const ALL = [0, 1, 2, 3];
const others = (world: World): number[] => ALL.filter((i) => i !== world.state.selfIndex);
const three = (world: World): number[] => others(world).slice(0, 3);

/** Locked on A in round 0, then moved to round 1 by nil precommits of the others. */
function lockedOnA(): World {
  const world = new World(FOUR, "other");
  world.value("A");
  world.proposal(0, "A");
  world.prevotes(0, "A", three(world));
  assert.deepEqual(world.state.locked, { blockId: block("A"), round: 0 });
  world.precommits(0, undefined, three(world));
  world.timeout("precommit", 0);
  assert.equal(world.state.round, 1);
  return world;
}

test("T1: a decision leaves round 0, nothing locked, nothing valid and an empty log", () => {
  const world = lockedOnA();
  world.precommits(0, "A", three(world));
  const { round, locked, valid, rounds, values, early, entry, step, last } = world.state;
  assert.deepEqual(
    { round, locked, valid, rounds, values, early, entry },
    { round: 0, locked: undefined, valid: undefined, rounds: [], values: [], early: [], entry: undefined },
  );
  assert.equal(step, "decided");
  assert.equal(last?.height, HEIGHT);
});

test("T2: the proposer of a fresh height builds, then proposes what was built", () => {
  const world = new World(FOUR, "proposer");
  assert.deepEqual(words(world.effects), ["timer propose@0", "build @0"]);
  world.feed({ kind: "built", height: HEIGHT, round: 0, blockId: block("A"), timeMs: TIME });
  assert.deepEqual(words(world.effects), ["propose A vr=-1 @0"]);
});

test("T2: a valid value is proposed again with its round, though nothing is locked", () => {
  // A sees the polka only after it precommitted nil: L42 without L41.
  const world = new World(FOUR, new World(FOUR, undefined).proposer(1));
  world.timeout("propose", 0);
  world.prevotes(0, undefined, [0]);
  world.value("A");
  world.prevotes(0, "A", [1]);
  world.prevotes(0, "A", [2]);
  world.timeout("prevote", 0);
  assert.equal(world.state.step, "precommit");
  world.prevotes(0, "A", [3]);
  assert.equal(world.state.locked, undefined);
  assert.deepEqual(world.state.valid, { blockId: block("A"), round: 0 });
  world.precommits(0, undefined, ALL);
  world.timeout("precommit", 0);
  assert.deepEqual(words(world.effects), ["timer propose@1", "propose A vr=0 @1"]);
});

test("T2: a fresh block that is ready after its round is over is not proposed", () => {
  const world = new World(FOUR, "proposer");
  world.timeout("propose", 0);
  world.feed({ kind: "built", height: HEIGHT, round: 0, blockId: block("A"), timeMs: TIME });
  assert.deepEqual(words(world.effects), []);
});

test("T2: a valid value that is found while a block is built goes before it", () => {
  const world = new World(FOUR, new World(FOUR, undefined).proposer(1));
  world.value("A");
  world.skipTo(1);
  world.feed({ kind: "polka", certificate: world.certificate(PREVOTE, 0, "A", [0, 1, 2]) });
  world.feed({ kind: "built", height: HEIGHT, round: 1, blockId: block("B"), timeMs: TIME });
  assert.deepEqual(words(world.effects), ["propose A vr=0 @1"]);
});

test("T3: who does not propose waits for the proposal", () => {
  const world = new World(FOUR, "other");
  assert.deepEqual(words(world.effects), ["timer propose@0"]);
});

test("T4: a valid timely fresh value gets our prevote", () => {
  const world = new World(FOUR, "other");
  world.proposal(0, "A");
  assert.deepEqual(words(world.effects), []);
  world.value("A");
  assert.deepEqual(words(world.effects), ["prevote A@0"]);
  assert.equal(world.state.step, "prevote");
});

test("T4: an invalid value gets nil", () => {
  const world = new World(FOUR, "other");
  world.proposal(0, "A");
  world.value("A", { valid: false });
  assert.deepEqual(words(world.effects), ["prevote nil@0"]);
});

test("T4: locked on another value, a fresh one gets nil", () => {
  const world = lockedOnA();
  world.proposal(1, "B");
  world.value("B", { round: 1 });
  assert.deepEqual(words(world.effects), ["prevote nil@1"]);
});

test("T4: a value made for another round is not fresh", () => {
  const world = new World(FOUR, "other");
  world.skipTo(2);
  world.proposal(2, "A");
  world.value("A", { round: 0 });
  assert.deepEqual(words(world.effects), ["prevote nil@2"]);
});

test("BT3: a fresh value whose time is not plausible gets nil, a known one is not asked", () => {
  const late = new World(FOUR, "other");
  late.proposal(0, "A", -1, {}, TIME + 2501n);
  late.value("A");
  assert.deepEqual(words(late.effects), ["prevote nil@0"]);
  const ahead = new World(FOUR, "other");
  ahead.proposal(0, "A", -1, {}, TIME - 501n);
  ahead.value("A");
  assert.deepEqual(words(ahead.effects), ["prevote nil@0"]);
  const edge = new World(FOUR, "other");
  edge.proposal(0, "A", -1, {}, TIME + 2500n);
  edge.value("A");
  assert.deepEqual(words(edge.effects), ["prevote A@0"]);
  const again = lockedOnA();
  again.proposal(1, "A", 0, {}, TIME + 1_000_000n);
  assert.deepEqual(words(again.effects), ["prevote A@1"]);
});

test("BT3: in a later round a proposal may have travelled longer", () => {
  const late = TIME + 2501n; // A millisecond more than round 0 allows.
  const first = new World(FOUR, "other");
  first.proposal(0, "A", -1, {}, late);
  first.value("A");
  assert.deepEqual(words(first.effects), ["prevote nil@0"]);
  const second = new World(FOUR, "other");
  second.skipTo(1);
  second.proposal(1, "A", -1, {}, late);
  second.value("A", { round: 1 });
  assert.deepEqual(words(second.effects), ["prevote A@1"]);
});

test("T5: without the polka of its round in hand a reproposal gets no prevote; with it, it does", () => {
  const world = new World(FOUR, "other");
  world.skipTo(1);
  world.value("A");
  world.proposal(1, "A", 0);
  assert.deepEqual(words(world.effects), []);
  world.feed({ kind: "polka", certificate: world.certificate(PREVOTE, 0, "A", three(world)) });
  assert.deepEqual(words(world.effects), ["prevote A@1"]);
});

test("T5: a polka of that round for another block proves nothing", () => {
  const world = new World(FOUR, "other");
  world.value("A");
  world.value("B");
  world.skipTo(1);
  world.feed({ kind: "polka", certificate: world.certificate(PREVOTE, 0, "B", three(world)) });
  world.proposal(1, "A", 0);
  assert.deepEqual(words(world.effects), []);
  world.timeout("propose", 1);
  assert.deepEqual(words(world.effects), ["prevote nil@1"]);
});

/** Round 2 offers B again on the word of round 0, with its polka; we are locked on A since `lockRound`. */
function offeredB(lockRound: 0 | 1, polRound: 0 | 1): World {
  const world = new World(FOUR, "other");
  world.value("B");
  world.skipTo(lockRound);
  world.value("A", { round: lockRound });
  world.proposal(lockRound, "A");
  world.prevotes(lockRound, "A", three(world));
  assert.equal(world.state.locked?.round, lockRound);
  while (world.state.round < 2) {
    world.precommits(world.state.round, undefined, three(world));
    world.timeout("precommit", world.state.round);
  }
  world.feed({ kind: "polka", certificate: world.certificate(PREVOTE, polRound, "B", three(world)) });
  world.proposal(2, "B", polRound);
  return world;
}

test("T5: locked in a later round than the polka, we say nil; locked in an earlier one, we follow", () => {
  assert.deepEqual(words(offeredB(1, 0).effects), ["prevote nil@2"]);
  assert.deepEqual(words(offeredB(0, 1).effects), ["prevote B@2"]);
});

test("T6: more than two thirds of any prevotes start one timer", () => {
  const world = new World(FOUR, "other");
  world.timeout("propose", 0);
  const [a, b, c] = three(world) as [number, number, number];
  world.prevotes(0, "A", [a]);
  world.prevotes(0, "B", [b]);
  assert.deepEqual(words(world.effects), []);
  world.prevotes(0, undefined, [c]);
  assert.deepEqual(words(world.effects), ["timer prevote@0"]);
  world.prevotes(0, undefined, [world.state.selfIndex!]);
  assert.deepEqual(
    words(world.effects).filter((word) => word.startsWith("timer")),
    [],
  );
});

test("T6: not before we prevoted", () => {
  const world = new World(FOUR, "other");
  world.prevotes(0, undefined, three(world));
  assert.deepEqual(words(world.effects), []);
  assert.equal(world.state.step, "propose");
});

test("T7: a polka in step prevote locks and precommits", () => {
  const world = new World(FOUR, "other");
  world.value("A");
  world.proposal(0, "A");
  world.prevotes(0, "A", three(world));
  assert.deepEqual(words(world.effects), ["precommit A@0"]);
  assert.deepEqual(world.state.locked, world.state.valid);
});

test("T7: a polka waits for the block, an invalid block is never locked", () => {
  const world = new World(FOUR, "other");
  world.timeout("propose", 0);
  world.prevotes(0, "A", three(world));
  assert.deepEqual(words(world.effects), ["timer prevote@0"]);
  world.value("A");
  assert.deepEqual(words(world.effects), ["precommit A@0"]);
  const invalid = new World(FOUR, "other");
  invalid.value("A", { valid: false });
  invalid.timeout("propose", 0);
  invalid.prevotes(0, "A", three(invalid));
  assert.equal(invalid.state.locked, undefined);
});

test("T8, X1: a polka for nil precommits nil and keeps the lock", () => {
  const world = lockedOnA();
  world.timeout("propose", 1);
  world.prevotes(1, undefined, three(world));
  assert.deepEqual(words(world.effects), ["precommit nil@1"]);
  assert.deepEqual(world.state.locked, { blockId: block("A"), round: 0 });
});

test("X1: a polka for another block keeps the lock, whether it comes late or after our precommit", () => {
  const late = lockedOnA();
  late.value("B", { round: 1 });
  late.skipTo(2);
  late.feed({ kind: "polka", certificate: late.certificate(PREVOTE, 1, "B", three(late)) });
  assert.deepEqual(late.state.valid, { blockId: block("B"), round: 1 });
  assert.deepEqual(late.state.locked, { blockId: block("A"), round: 0 });
  const passed = lockedOnA();
  passed.value("B", { round: 1 });
  passed.timeout("propose", 1);
  passed.timeout("prevote", 1);
  passed.prevotes(1, "B", three(passed));
  assert.deepEqual(passed.state.valid, { blockId: block("B"), round: 1 });
  assert.deepEqual(passed.state.locked, { blockId: block("A"), round: 0 });
});

test("T9: more than two thirds of any precommits start one timer in any step, and do not advance", () => {
  const world = new World(FOUR, "other");
  const [a, b, c] = three(world) as [number, number, number];
  world.precommits(0, "A", [a]);
  world.precommits(0, undefined, [b, c]);
  assert.deepEqual(words(world.effects), ["timer precommit@0"]);
  assert.equal(world.state.round, 0);
  world.precommits(0, undefined, [world.state.selfIndex!]);
  assert.deepEqual(words(world.effects), ["publish vote"]);
});

const decisions: { name: string; run: (world: World) => void; round: number }[] = [
  {
    name: "of this round, proposal first",
    round: 0,
    run(world) {
      world.value("A");
      world.proposal(0, "A");
      world.precommits(0, "A", three(world));
    },
  },
  {
    name: "of this round, precommits first",
    round: 0,
    run(world) {
      world.precommits(0, "A", three(world));
      world.value("A");
    },
  },
  {
    name: "of a past round",
    round: 0,
    run(world) {
      world.value("A");
      world.precommits(0, "A", three(world).slice(0, 2));
      world.skipTo(3);
      world.precommits(0, "A", three(world).slice(2));
    },
  },
  {
    name: "of a later round",
    round: 5,
    run(world) {
      world.precommits(5, "A", three(world));
      world.value("A", { round: 5 });
    },
  },
  {
    name: "by a certificate of a later round",
    round: 7,
    run(world) {
      world.value("A", { round: 7 });
      world.feed({ kind: "commit", certificate: world.certificate(PRECOMMIT, 7, "A", three(world)) });
    },
  },
];
for (const { name, run, round } of decisions) {
  test(`T10: decides by precommits ${name}`, () => {
    const world = new World(FOUR, undefined);
    run(world);
    assert.ok(words(world.allEffects).includes(`decide A@${round}`), words(world.allEffects).join(", "));
    assert.equal(world.state.last?.certificate.signatures.length, 3);
  });
}

test("T10: two thirds exactly do not decide", () => {
  const world = new World([10n, 10n, 10n], undefined);
  world.value("A");
  world.precommits(0, "A", [0, 1]);
  assert.ok(!words(world.allEffects).some((word) => word.startsWith("decide")));
  world.precommits(0, "A", [2]);
  assert.deepEqual(words(world.effects), ["decide A@0"]);
});

test("T10: a block that we judged invalid is not decided, and we say so once", () => {
  const world = new World(FOUR, undefined);
  world.value("A", { valid: false });
  world.precommits(0, "A", ALL);
  const found = words(world.allEffects).filter((word) => /decide|disagree/.test(word));
  assert.deepEqual(found, ["disagree A"]);
});

test("T11: distinct senders above a third move us, prevotes and precommits together", () => {
  const world = new World(FOUR, "other");
  const [a, b] = others(world) as [number, number];
  world.prevotes(4, "A", [a]);
  world.precommits(4, "A", [a]);
  world.prevotes(9, "A", [a]);
  assert.equal(world.state.round, 0);
  world.precommits(4, undefined, [b]);
  assert.equal(world.state.round, 4);
  assert.deepEqual(
    world.state.entry?.votes.map((each) => each.index),
    [a, b].toSorted((x, y) => x - y),
  );
});

test("T11: one sender with many messages of many rounds moves no validator", () => {
  const world = new World([10n, 10n, 10n, 10n], undefined);
  for (let round = 1; round < 40; round++) {
    world.prevotes(round, "A", [1]);
    world.prevotes(round, undefined, [1]);
    world.precommits(round, "B", [1]);
  }
  world.feed({ kind: "polka", certificate: world.certificate(PREVOTE, 50, "A", [1]) });
  assert.equal(world.state.round, 0);
});

test("T11, X2: above a third is enough, two thirds are not waited for", () => {
  const world = new World(FOUR, undefined);
  world.prevotes(2, "A", [0]);
  world.prevotes(2, undefined, [1]);
  assert.equal(world.state.round, 2);
});

test("T11: exactly a third does not", () => {
  const world = new World([10n, 10n, 10n], undefined);
  world.prevotes(3, undefined, [0]);
  assert.equal(world.state.round, 0);
});

test("T12, T13, T14: timers act only in their height, round and step", () => {
  const world = new World(FOUR, "other");
  assert.deepEqual(words(world.timeout("propose", 0, 2n)), []);
  assert.deepEqual(words(world.timeout("propose", 1)), []);
  assert.deepEqual(words(world.timeout("prevote", 0)), []);
  assert.deepEqual(words(world.timeout("propose", 0)), ["prevote nil@0"]);
  assert.deepEqual(words(world.timeout("propose", 0)), []);
  assert.deepEqual(words(world.timeout("prevote", 0)), ["precommit nil@0"]);
  assert.deepEqual(words(world.timeout("precommit", 0)).slice(0, 1), ["timer propose@1"]);
  assert.deepEqual(words(world.timeout("precommit", 0)), []);
});

test("T14: from any step", () => {
  const world = new World(FOUR, "other");
  world.timeout("precommit", 0);
  assert.equal(world.state.round, 1);
});

test("T16: whatever arrives, at most one prevote and one precommit a round are asked for", () => {
  const world = lockedOnA();
  world.proposal(1, "B");
  world.value("B", { round: 1 });
  world.prevotes(1, "B", ALL);
  world.timeout("prevote", 1);
  world.timeout("propose", 1);
  const asked = world.allEffects.filter((effect) => effect.kind === "sign_vote");
  const keys = asked.map((effect) => `${effect.type} ${effect.round}`);
  assert.equal(new Set(keys).size, keys.length);
});

test("T18: non-nil votes of past rounds stay, nil votes of rounds long over go", () => {
  const world = new World(FOUR, undefined);
  world.prevotes(0, "A", [0]);
  world.precommits(0, "A", [1]);
  world.skipTo(3);
  const first = world.state.rounds[0]!;
  assert.deepEqual(
    first.prevotes.tallies.map((tally) => tally.blockId),
    [block("A")],
  );
  assert.deepEqual(
    first.precommits.tallies.map((tally) => tally.blockId),
    [block("A")],
  );
});

test("of many values the locked one and the newest stay, and what was dropped is wanted when it matters", () => {
  const world = lockedOnA();
  for (let i = 0; i < 20; i++) world.value(`fresh ${i}`, { round: 1 });
  const kept = world.state.values.map((value) => value.blockId);
  assert.equal(kept.length, 8);
  assert.deepEqual([kept[0], kept[7]], [block("A"), block("fresh 19")]);
  world.precommits(1, "fresh 3", three(world));
  assert.equal(world.state.step === "decided", false);
  assert.deepEqual(wantedBlocks(world.state), [block("fresh 3")]);
  world.value("fresh 3", { round: 1 });
  assert.equal(world.state.step, "decided");
});

test("T20: an equivocator cannot hide a quorum from us", () => {
  const world = new World(FOUR, undefined);
  world.value("A");
  world.precommits(0, "C", [0]);
  world.precommits(0, "B", [0]);
  world.precommits(0, "A", [0]);
  world.precommits(0, "A", [1, 2]);
  assert.ok(
    !words(world.allEffects).includes("decide A@0"),
    "a third vote of one validator waits until others back it",
  );
  world.precommits(0, "A", [0]);
  assert.ok(words(world.allEffects).includes("decide A@0"));
});

test("T20: a thousand conflicting votes of one validator take the memory of two", () => {
  const world = new World(FOUR, undefined);
  for (let i = 0; i < 1000; i++) {
    world.feed({ kind: "vote", vote: vote(world.set, 0, PREVOTE, 0, block(`spam ${i}`)) });
  }
  assert.equal(world.state.rounds[0]!.prevotes.votes[0]!.length, 2);
  assert.equal(world.state.rounds[0]!.prevotes.tallies.length, 2);
  assert.deepEqual(
    words(world.allEffects).filter((word) => word.startsWith("evidence")),
    ["evidence duplicate_vote"],
  );
});

test("T21: a late polka of an earlier round is proposed by the next proposer", () => {
  const proposer = new World(FOUR, new World(FOUR, undefined).proposer(2));
  proposer.value("A");
  proposer.skipTo(1);
  proposer.feed({ kind: "polka", certificate: proposer.certificate(PREVOTE, 0, "A", [0, 1, 2]) });
  proposer.timeout("propose", 1);
  proposer.precommits(1, undefined, ALL);
  proposer.timeout("precommit", 1);
  assert.ok(words(proposer.effects).includes("propose A vr=0 @2"));
});

test("T21: a block with a polka is wanted though no proposal of it is here, and no more once it is", () => {
  for (const round of [0, 1]) {
    const world = new World(FOUR, "other");
    world.skipTo(1);
    world.feed({ kind: "polka", certificate: world.certificate(PREVOTE, round, "A", three(world)) });
    assert.deepEqual(wantedBlocks(world.state), [block("A")]);
    world.value("A", { round });
    assert.deepEqual(wantedBlocks(world.state), []);
    assert.deepEqual(world.state.valid, round === 0 ? { blockId: block("A"), round } : undefined);
  }
});

test("T21: a hidden lock is freed by the polka that its holder shows: all decide what it is locked on", () => {
  // Only one has seen the polka of A; one of the four is silent, so the others decide nothing without it.
  const proposer = new World(FOUR, undefined).proposer(1);
  const [silent, holder, last] = ALL.filter((index) => index !== proposer) as [number, number, number];
  const worlds = new Map([proposer, holder, last].map((index) => [index, new World(FOUR, index)]));
  const [offers, locked] = [worlds.get(proposer)!, worlds.get(holder)!];
  for (const world of worlds.values()) world.value("A");
  locked.proposal(0, "A");
  locked.prevotes(0, "A", [silent, proposer, holder]);
  assert.equal(locked.state.locked?.round, 0);
  for (const world of worlds.values()) {
    world.timeout("propose", 0);
    world.timeout("prevote", 0);
    world.precommits(0, undefined, [silent, last, proposer]);
    if (world === locked) world.precommits(0, "A", [holder]);
  }
  // Before the holder's word comes, the next proposer would build afresh, and the holder refuse it.
  const shown = lacking(locked.state, summary(offers.state), 100).filter(({ kind }) => kind === "polka");
  assert.equal(shown.length, 1);
  for (const message of shown) offers.feed(message as Input);
  offers.timeout("precommit", 0);
  assert.ok(words(offers.effects).includes("propose A vr=0 @1"), words(offers.effects).join(", "));
  for (const world of worlds.values()) {
    if (world !== offers) world.timeout("precommit", 0);
    world.proposal(1, "A", 0);
    for (const message of lacking(offers.state, summary(world.state), 100)) {
      if (message.kind === "polka") world.feed(message);
    }
  }
  for (const world of worlds.values()) {
    world.prevotes(1, "A", [proposer, holder, last]);
    world.precommits(1, "A", [proposer, holder, last]);
    assert.ok(words(world.allEffects).includes("prevote A@1"));
    assert.ok(words(world.allEffects).includes("decide A@1"));
  }
});

test("a node without a place in the set follows and signs nothing", () => {
  const world = new World(FOUR, undefined);
  world.value("A");
  world.proposal(0, "A");
  world.prevotes(0, "A", ALL);
  world.precommits(0, "A", [0, 1, 2]);
  assert.deepEqual(
    words(world.allEffects).filter((word) => /vote|commit/.test(word) && !word.startsWith("timer")),
    [],
  );
  assert.equal(world.state.step, "decided");
});

test("before the first height nothing but start_height does anything", () => {
  const state = initialState();
  const world = new World(FOUR, 0);
  world.state = state;
  world.timeout("propose", 0);
  world.prevotes(0, "A", ALL);
  assert.deepEqual(world.state, state);
  world.feed(startHeight(world.set, undefined));
  assert.equal(world.state.step, "propose");
});
