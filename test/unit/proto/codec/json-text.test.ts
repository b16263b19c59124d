import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isJsonObject, parseJson, type Json } from "#proto/codec/json-text.js";
import { isRejection } from "#proto/rejection.js";

test("reads what JSON.parse reads", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      const value = parseJson(text);
      if (isRejection(value)) assert.match(value.name, /unsafeNumber|notText/);
      else assert.equal(JSON.stringify(value), JSON.stringify(JSON.parse(text)));
    }),
    { seed: 7, numRuns: 300 },
  );
});

const REFUSED: readonly (readonly [text: string, name: string])[] = [
  ['{"a":1,"a":2}', "duplicateKey"],
  ['{"__proto__":1,"__proto__":2}', "duplicateKey"],
  ["9007199254740993", "unsafeNumber"],
  ["1e400", "unsafeNumber"],
  ['"\\ud800"', "notText"],
  ['"\ud800"', "notText"],
  ["NaN", "malformed"],
  ["01", "malformed"],
  ["[1,]", "malformed"],
  ['{"a":1,}', "malformed"],
  ["{a:1}", "malformed"],
  ["1 2", "malformed"],
  ["", "malformed"],
  ["'a'", "malformed"],
  ['"\t"', "malformed"],
  ['"\\x41"', "malformed"],
  [`${"[".repeat(40)}${"]".repeat(40)}`, "tooDeep"],
];
for (const [text, name] of REFUSED) {
  test(`refuses ${JSON.stringify(text.slice(0, 30))} as ${name}`, () => {
    const value = parseJson(text);
    assert.ok(isRejection(value));
    assert.equal(value.name, name);
  });
}

test("a million opening brackets cost no stack", () => {
  assert.ok(isRejection(parseJson("[".repeat(1_000_000))));
});

test("__proto__ is only a key", () => {
  const value = parseJson('{"__proto__":{"polluted":true},"toString":1}') as Json;
  assert.ok(isJsonObject(value));
  assert.equal(Object.getPrototypeOf(value), null);
  assert.deepEqual(Object.keys(value), ["__proto__", "toString"]);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});
