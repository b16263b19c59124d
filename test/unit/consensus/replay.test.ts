import assert from "node:assert/strict";
import { test } from "node:test";
import { replay } from "#consensus/replay.js";
import { words, World } from "#test/unit/consensus/build.js";

/** W8: what a restart finds in a log it does again, and what was still awaited it waits for again. */

const FOUR = [10n, 10n, 10n, 10n];

/** What a restart would carry out behind this log. */
function open({ log, state }: World): string[] {
  const again = replay(log);
  assert.deepEqual(again.state, state);
  return words(again.open);
}

test("W8: the timer of each step runs again, and one that has fired does not", () => {
  const world = new World(FOUR, "other");
  const others = [0, 1, 2, 3].filter((index) => index !== world.state.selfIndex);
  const own = world.state.selfIndex!;
  assert.deepEqual(open(world), ["timer propose@0"]);
  world.timeout("propose", 0);
  world.prevotes(0, undefined, [own]);
  assert.deepEqual(open(world), []);
  world.prevotes(0, "A", others.slice(0, 2));
  assert.deepEqual(open(world), ["timer prevote@0"]);
  world.timeout("prevote", 0);
  world.precommits(0, undefined, [own]);
  assert.deepEqual(open(world), []);
  world.precommits(0, "A", others.slice(0, 2));
  assert.deepEqual(open(world), ["timer precommit@0"]);
  world.timeout("precommit", 0);
  assert.deepEqual(open(world), ["timer propose@1"]);
});

test("W8: what was asked of the builder and of the signer is asked again until the answer stands in the log", () => {
  const world = new World(FOUR, "proposer");
  assert.deepEqual(open(world), ["timer propose@0", "build @0"]);
  world.timeout("propose", 0);
  assert.deepEqual(open(world), ["prevote nil@0"]);
  world.prevotes(0, undefined, [world.state.selfIndex!]);
  assert.deepEqual(open(world), []);
});
