import { equalBlockIds } from "#proto/types/block-id.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PRECOMMIT, PREVOTE } from "#proto/types/vote.js";
import type { Input } from "#consensus/types.js";
import { block, HEIGHT, TIME, vote, World } from "#test/unit/consensus/build.js";

/** T17: correctness does not depend on the order in which messages arrive. */

const FOUR = [10n, 10n, 10n, 10n];

/** Everything that was said in a height that decided A in round 1, after a split round 0. */
function messages(world: World): Input[] {
  const proposal = (round: number, name: string, polRound: number): Input => ({
    kind: "proposal",
    receivedTimeMs: TIME,
    proposal: {
      height: HEIGHT,
      round,
      polRound,
      blockId: block(name),
      proposer: world.set.members[world.proposer(round)]!.address,
      signature: new Uint8Array(64),
    },
  });
  const value: Input = {
    kind: "proposed_value",
    height: HEIGHT,
    blockId: block("A"),
    round: 0,
    timeMs: TIME,
    valid: true,
  };
  const votes = (type: 1 | 2, round: number, said: readonly (string | undefined)[]): Input[] =>
    said.map((name, index) => {
      const blockId = name === undefined ? undefined : block(name);
      return { kind: "vote", vote: vote(world.set, index, type, round, blockId) };
    });
  return [
    proposal(0, "A", -1),
    value,
    ...votes(PREVOTE, 0, ["A", "A", "A", undefined]),
    ...votes(PRECOMMIT, 0, ["A", undefined, undefined, undefined]),
    proposal(1, "A", 0),
    ...votes(PREVOTE, 1, ["A", "A", "A", "A"]),
    ...votes(PRECOMMIT, 1, ["A", "A", "A", undefined]),
    { kind: "vote", vote: vote(world.set, 3, PREVOTE, 1, block("B")) },
  ];
}

const shuffled = fc.shuffledSubarray(messages(new World(FOUR, undefined)), {
  minLength: messages(new World(FOUR, undefined)).length,
});
const timers = fc.array(
  fc.record({ at: fc.nat(20), step: fc.constantFrom("propose", "prevote", "precommit" as const), round: fc.nat(1) }),
  { maxLength: 4 },
);

test("T17: the same messages in any order, with timers anywhere, decide the same block once", () => {
  fc.assert(
    fc.property(shuffled, timers, (order, fired) => {
      const world = new World(FOUR, undefined);
      const inputs: Input[] = [...order];
      for (const { at, step, round } of fired) {
        const timeout = { height: HEIGHT, round, step: step as "propose" };
        inputs.splice(Math.min(at, inputs.length), 0, { kind: "timeout_elapsed", timeout });
      }
      for (const input of inputs) world.feed(input);
      // What arrived while its round was far is told again, as gossip does.
      for (const input of order) world.feed(input);
      const decisions = world.allEffects.filter((effect) => effect.kind === "decide");
      assert.equal(decisions.length, 1);
      assert.deepEqual(decisions[0]?.blockId, block("A"));
      assert.equal(world.state.step, "decided");
    }),
    { seed: 11, numRuns: 400 },
  );
});

test("a signing node in any order says at most one thing in one place, and stays locked on what it precommitted", () => {
  fc.assert(
    fc.property(shuffled, timers, (order, fired) => {
      const world = new World(FOUR, "other");
      for (const input of order) world.feed(input);
      for (const { step, round } of fired) {
        world.feed({ kind: "timeout_elapsed", timeout: { height: HEIGHT, round, step: step as "propose" } });
      }
      const places = new Set<string>();
      for (const effect of world.allEffects) {
        if (effect.kind !== "sign_vote") continue;
        const place = `${effect.type} ${effect.round}`;
        assert.ok(!places.has(place), place);
        places.add(place);
        assert.ok(effect.blockId === undefined || equalBlockIds(effect.blockId, block("A")));
      }
    }),
    { seed: 12, numRuns: 400 },
  );
});
