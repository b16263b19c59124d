import assert from "node:assert/strict";
import { test } from "node:test";
import { countedTokens } from "#proto/attribution/counted.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { refused } from "./world.js";

const asked = (...texts: readonly string[]): { readonly text: string }[] => texts.map((text) => ({ text }));

test("fees count the tokens of all texts", () => {
  assert.deepEqual(countedTokens(asked("one", "It's two; three!"), ["four"], "one two three"), {
    input: 5n,
    output: 3n,
  });
  assert.deepEqual(countedTokens([], [], ""), { input: 0n, output: 0n });
});

test("a text that does not tokenize is refused, not counted as none", () => {
  refused(countedTokens(asked("one", "\udc00"), [], "two"), poaErrors.loneSurrogate);
  refused(countedTokens(asked("one"), ["\ud800"], "two"), poaErrors.loneSurrogate);
  refused(countedTokens(asked("one"), [], "\ud800 two"), poaErrors.loneSurrogate);
});
