import assert from "node:assert/strict";
import { test } from "node:test";
import { useNatives } from "#node/runtime/natives.js";
import { attacks, outcomeOf } from "./attacks.js";

useNatives();

test("what each attack gains, takes for good and makes wait", () => {
  const found = attacks.map((attack) => ({ name: attack.name, ...outcomeOf(attack) }));
  assert.deepEqual(
    found,
    attacks.map(({ name, gain, taken, waiting }) => ({ name, gain, taken, waiting })),
  );
});

test("no attack gains or takes for good; what gains is named as a limit of the rule", () => {
  for (const { name, gain, taken, limit } of attacks) {
    assert.equal(gain > 0 || taken > 0, limit !== undefined, name);
  }
});
