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
