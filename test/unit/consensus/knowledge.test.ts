import assert from "node:assert/strict";
import { test } from "node:test";
import { PREVOTE } from "#proto/types/vote.js";
import { packBits } from "#proto/wire/bits.js";
import { lacking, rebroadcast, summary, wantedBlocks, type Knowledge } from "#consensus/knowledge.js";
import { replay } from "#consensus/replay.js";
import { earlyInputs } from "#consensus/round.js";
import type { Input, Message, State } from "#consensus/types.js";
import { block, HEIGHT, vote, World } from "#test/unit/consensus/build.js";

const FOUR = [10n, 10n, 10n, 10n];
const kinds = (messages: readonly Message[]): string[] => messages.map((message) => message.kind);
const nobody = (height: bigint, round = 0): Knowledge => ({ height, round, step: 1, rounds: [] });

/** Gives `peer` what `from` says it lacks, until nothing is lacking. @returns rounds of exchange */
function exchange(from: State, peer: World): number {
  for (let turn = 1; turn < 10; turn++) {
    const messages = lacking(from, summary(peer.state), 100);
    if (messages.length === 0) return turn;
    for (const message of messages) peer.feed(asInput(message));
  }
  throw new Error("the peer lacks the same again and again");
}

function asInput(message: Message): Input {
  return message.kind === "proposal" ? { ...message, receivedTimeMs: 1_000_000n } : message;
}

test("a summary tells rounds with bitmaps by validator", () => {
  const world = new World(FOUR, undefined);
  world.proposal(0, "A");
  world.prevotes(0, "A", [0, 2]);
  world.precommits(0, undefined, [3]);
  assert.deepEqual(summary(world.state), {
    height: HEIGHT,
    round: 0,
    step: 1,
    rounds: [{ round: 0, proposal: true, polka: false, prevotes: packBits([0, 2]), precommits: packBits([3]) }],
  });
});

test("T19: who has nothing gets proposal and votes; who has them gets nothing", () => {
  const world = new World(FOUR, undefined);
  world.proposal(0, "A");
  world.prevotes(0, "A", [0, 1]);
  world.precommits(0, undefined, [3]);
  assert.deepEqual(kinds(lacking(world.state, nobody(HEIGHT), 100)), ["proposal", "vote", "vote", "vote"]);
  assert.deepEqual(lacking(world.state, summary(world.state), 100), []);
  const peer = new World(FOUR, undefined);
  assert.equal(exchange(world.state, peer), 2);
  assert.deepEqual(summary(peer.state), summary(world.state));
});

test("the answer is bounded", () => {
  const world = new World(FOUR, undefined);
  world.prevotes(0, "A", [0, 1]);
  assert.equal(lacking(world.state, nobody(HEIGHT), 1).length, 1);
});

test("a quorum of prevotes goes as a polka, also where an equivocator's other vote is known", () => {
  const world = new World(FOUR, undefined);
  world.prevotes(0, "A", [0, 1, 2]);
  const peer = new World(FOUR, undefined);
  peer.prevotes(0, "B", [0]);
  peer.prevotes(0, "C", [0]);
  peer.prevotes(0, "A", [1, 2]);
  assert.equal(summary(peer.state).rounds[0]!.polka, false);
  assert.deepEqual(kinds(lacking(world.state, summary(peer.state), 100)), ["polka"]);
  exchange(world.state, peer);
  assert.equal(summary(peer.state).rounds[0]!.polka, true);
});

test("T21: the polka of an earlier round reaches a peer in a later one", () => {
  const locked = new World(FOUR, undefined);
  locked.value("A");
  locked.timeout("propose", 0);
  locked.prevotes(0, "A", [0, 1, 2]);
  assert.equal(locked.state.valid?.round, 0);
  const peer = new World(FOUR, undefined);
  peer.value("A");
  peer.skipTo(3);
  exchange(locked.state, peer);
  assert.equal(peer.state.valid?.round, 0);
});

test("a peer in an earlier round gets the votes that let us go on, and follows", () => {
  const world = new World(FOUR, undefined);
  world.precommits(0, undefined, [0, 1, 2]);
  world.timeout("precommit", 0);
  world.prevotes(6, undefined, [0, 1]);
  assert.equal(world.state.round, 6);
  const peer = new World(FOUR, undefined);
  assert.deepEqual(kinds(lacking(world.state, summary(peer.state), 100)).slice(0, 1), ["round"]);
  exchange(world.state, peer);
  assert.equal(peer.state.round, 6);
});

test("a peer in the round before gets its precommits, and starts its timer", () => {
  const world = new World(FOUR, undefined);
  world.precommits(0, undefined, [0, 1, 2]);
  world.timeout("precommit", 0);
  const peer = new World(FOUR, undefined);
  for (const message of lacking(world.state, summary(peer.state), 100)) peer.feed(asInput(message));
  assert.equal(peer.state.fired.precommitTimer, true);
});

test("a peer at the height we have finished gets the certificate", () => {
  const world = new World(FOUR, undefined);
  world.value("A");
  world.precommits(0, "A", [0, 1, 2]);
  assert.equal(world.state.step, "decided");
  const peer = new World(FOUR, undefined);
  peer.value("A");
  assert.deepEqual(kinds(lacking(world.state, summary(peer.state), 100)), ["commit"]);
  exchange(world.state, peer);
  assert.equal(peer.state.step, "decided");
  assert.deepEqual(lacking(world.state, summary(peer.state), 100), []);
});

test("late precommits reach who has decided without them", () => {
  const more = new World(FOUR, undefined);
  const less = new World(FOUR, undefined);
  for (const world of [more, less]) {
    world.value("A");
    world.precommits(0, "A", [0, 1, 2]);
  }
  more.precommits(0, "A", [3]);
  assert.equal(more.state.last?.certificate.signatures.length, 4);
  exchange(more.state, less);
  assert.equal(less.state.last?.certificate.signatures.length, 4);
});

test("who lacks only the block still passes the certificate on", () => {
  const world = new World(FOUR, undefined);
  world.precommits(2, "A", [0, 1, 2]);
  assert.deepEqual(kinds(lacking(world.state, nobody(HEIGHT), 100)).slice(0, 1), ["commit"]);
});

test("another height, an idle node and hostile bitmaps give nothing and break nothing", () => {
  const world = new World(FOUR, undefined);
  world.prevotes(0, "A", [0]);
  assert.deepEqual(lacking(world.state, nobody(HEIGHT + 5n), 100), []);
  const rounds = Array.from({ length: 1000 }, (_, round) => ({
    round: round * 4_000_000,
    proposal: false,
    polka: false,
    prevotes: new Uint8Array(5000).fill(255),
    precommits: new Uint8Array(0),
  }));
  assert.deepEqual(lacking(world.state, { height: HEIGHT, round: 2 ** 31, step: 9, rounds }, 100), []);
});

test("what goes to everybody again: our words, the polka we hold, why we are in this round", () => {
  const world = new World(FOUR, "other");
  const self = world.state.selfIndex!;
  world.value("A");
  world.proposal(0, "A");
  world.prevotes(0, "A", [0, 1, 2, 3]);
  world.precommits(
    0,
    undefined,
    [0, 1, 2, 3].filter((i) => i !== self),
  );
  world.timeout("precommit", 0);
  world.prevotes(1, undefined, [self]);
  assert.deepEqual(kinds(rebroadcast(world.state)), ["round", "polka", "vote"]);
});

test("wanted are blocks proposed now or with a quorum, until they are judged", () => {
  const world = new World(FOUR, undefined);
  world.proposal(0, "A");
  world.precommits(0, "B", [0, 1, 2]);
  assert.deepEqual(wantedBlocks(world.state), [block("B"), block("A")]);
  world.value("A");
  assert.deepEqual(wantedBlocks(world.state), [block("B")]);
  world.value("B");
  assert.deepEqual(wantedBlocks(world.state), []);
});

test("a certificate's vote is kept though its validator has said two other things", () => {
  const world = new World(FOUR, undefined);
  for (const name of ["B", "C"]) world.prevotes(0, name, [0]);
  world.feed({ kind: "polka", certificate: world.certificate(PREVOTE, 0, "A", [0, 1, 2]) });
  assert.equal(summary(world.state).rounds[0]!.polka, true);
});

test("what came for the next height enters its own log, so that a lock resting on it survives a crash", () => {
  const world = new World(FOUR, "other");
  const first = world.log[0] as Input & { kind: "start_height" };
  const others = [0, 1, 2, 3].filter((i) => i !== world.state.selfIndex);
  for (const index of others) {
    world.feed({ kind: "vote", vote: vote(world.set, index, PREVOTE, 0, block("N"), HEIGHT + 1n) });
  }
  world.value("A");
  world.precommits(0, "A", others);
  const early = earlyInputs(world.state);
  assert.equal(early.length, 3);
  const start = { ...first, height: HEIGHT + 1n };
  world.feed(start);
  for (const input of early) world.feed(input);
  world.value("N");
  world.timeout("propose", 0);
  assert.deepEqual(world.state.locked, { blockId: block("N"), round: 0 });
  const log = world.log.slice(world.log.indexOf(start));
  assert.deepEqual(replay(log).state.locked, world.state.locked);
});
