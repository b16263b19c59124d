import assert from "node:assert/strict";
import { test } from "node:test";
import { duplicateKey } from "#node/config/json-keys.js";

const cases: readonly (readonly [text: string, twice: string | undefined])[] = [
  ["{}", undefined],
  ['[{"a":1},{"a":2}]', undefined],
  ['{"a":{"a":{"a":1}}}', undefined],
  ['{"a":"a","b":"b: {"}', undefined],
  ['{"a":"\\"a\\":","b":[]}', undefined],
  ['{"a":1, "a":2}', "a"],
  ['{"a":1,"b":{"c":[1,{"d":2,"d" :3}]}}', "b.c.d"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"a":{"x":1},"b":2,"a":{}}', "a"],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
];
for (const [text, twice] of cases) {
  test(`${text}: ${twice === undefined ? "no key twice" : `${twice} twice`}`, () => {
    JSON.parse(text);
    assert.equal(duplicateKey(text), twice);
  });
}
