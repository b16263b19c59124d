import assert from "node:assert/strict";
import { test } from "node:test";
import { isRejection } from "#proto/rejection.js";
import { PRECOMMIT, PREVOTE } from "#proto/types/vote.js";
import { replay } from "#consensus/replay.js";
import { initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type { Effect, Input } from "#consensus/types.js";
import { decodeWalEntry, encodeWalEntry, WAL_ENTRY_BYTES_MAX } from "#consensus/wal-entry.js";
import { block, HEIGHT, TIME, words, World } from "#test/unit/consensus/build.js";

const FOUR = [10n, 10n, 10n, 10n];

/** A height with every kind of input in it. */
function busy(): World {
  const world = new World(FOUR, "other");
  const others = [0, 1, 2, 3].filter((i) => i !== world.state.selfIndex);
  world.proposal(0, "A");
  world.value("B", { valid: false });
  world.timeout("propose", 0);
  world.feed({ kind: "polka", certificate: world.certificate(PREVOTE, 0, "A", others) });
  world.feed({ kind: "built", height: HEIGHT, round: 0, blockId: block("C"), timeMs: TIME });
  world.precommits(0, undefined, others);
  world.timeout("precommit", 0);
  const votes = world.certificate(PREVOTE, 3, "A", others).signatures.map((signature) => ({
    type: PREVOTE,
    height: HEIGHT,
    round: 3,
    blockId: block("A"),
    ...signature,
  }));
  world.feed({ kind: "round", certificate: { height: HEIGHT, round: 3, votes } });
  world.feed({ kind: "commit", certificate: world.certificate(PRECOMMIT, 3, "A", others) });
  world.value("A");
  assert.equal(world.state.step, "decided");
  assert.equal(new Set(world.log.map((input) => input.kind)).size, 9);
  return world;
}

const decoded = (input: Input): Input => {
  const back = decodeWalEntry(encodeWalEntry(input));
  assert.ok(!isRejection(back));
  return back;
};

test("every kind of input comes back from the log as it was", () => {
  for (const input of busy().log) assert.deepEqual(decoded(input), input);
  const follower = new World(FOUR, undefined);
  assert.deepEqual(decoded(follower.log[0]!), follower.log[0]);
  const later: Input = {
    ...(follower.log[0] as Input & { kind: "start_height" }),
    height: 2n,
    lastCertificate: follower.certificate(PRECOMMIT, 0, "A", [0, 1, 2]),
  };
  assert.deepEqual(decoded(later), later);
});

test("replaying a recorded log gives the same state and the same effects, to the byte", () => {
  const world = busy();
  let state = initialState();
  const effects: Effect[] = [];
  for (const input of world.log) {
    const after = step(state, decoded(input));
    state = after.state;
    effects.push(...after.effects);
  }
  assert.deepEqual(state, world.state);
  const text = (list: readonly Effect[]): string =>
    JSON.stringify(list, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  assert.equal(text(effects), text(world.allEffects));
});

test("a damaged entry is a rejection, never a throw", () => {
  const bytes = encodeWalEntry(busy().log[0]!);
  for (let i = 0; i < bytes.length; i++) {
    const flipped = bytes.slice();
    flipped[i]! ^= 0x55;
    decodeWalEntry(flipped);
    decodeWalEntry(bytes.slice(0, i));
  }
  assert.ok(isRejection(decodeWalEntry(new Uint8Array(0))));
  assert.ok(isRejection(decodeWalEntry(new Uint8Array(WAL_ENTRY_BYTES_MAX + 1))));
});

const open = (inputs: readonly Input[]): string[] => words(replay(inputs).open, ["A"]);

test("after a restart what has no answer is carried out, and nothing else", () => {
  const world = new World(FOUR, "other");
  assert.deepEqual(open(world.log), ["timer propose@0"]);
  world.proposal(0, "A");
  world.value("A");
  assert.deepEqual(open(world.log), ["timer propose@0", "prevote A@0"]);
  world.prevotes(0, "A", [world.state.selfIndex!]);
  assert.deepEqual(open(world.log), ["timer propose@0"]);
  world.timeout("propose", 0);
  assert.deepEqual(open(world.log), []);
});

test("a proposer builds again only when its block is not in the log", () => {
  const world = new World(FOUR, "proposer");
  assert.deepEqual(open(world.log), ["timer propose@0", "build @0"]);
  world.feed({ kind: "built", height: HEIGHT, round: 0, blockId: block("A"), timeMs: TIME });
  assert.deepEqual(open(world.log), ["timer propose@0", "propose A vr=-1 @0"]);
  world.proposal(0, "A");
  assert.deepEqual(open(world.log), ["timer propose@0", "prevote A@0"]);
});

test("timers of rounds that are over are not set again; a decision without a next height is committed again", () => {
  const world = new World(FOUR, undefined);
  world.skipTo(2);
  assert.deepEqual(open(world.log), ["timer propose@2"]);
  world.value("A");
  world.precommits(0, "A", [0, 1, 2]);
  assert.deepEqual(open(world.log), ["decide A@0"]);
});
