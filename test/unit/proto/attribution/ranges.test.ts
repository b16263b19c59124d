import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenRanges } from "#proto/attribution/ranges.js";
import { tokenAt, tokenize } from "#proto/attribution/tokens.js";
import { utf8, utf8Text } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { seeded } from "../../../simulation/random.js";

/** The stretches of a text that its tokens stand in. */
function stretches(text: string): string[] {
  const ranges = tokenRanges(text);
  assert.ok(!isRejection(ranges));
  const bytes = utf8(text);
  return ranges.map(({ from, to }) => utf8Text(bytes.subarray(from, to)) ?? "not UTF-8");
}

test("each token is found where it stands, with its accents and look-alikes, without what separates", () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ["", []],
    [" - ... ", []],
    ["We the People, of 1787!", ["We", "the", "People", "of", "1787"]],
    ["well-known (and said)", ["well", "known", "and", "said"]],
    ["It's  the users' own", ["It's", "the", "users", "own"]],
    ["re\u0301sume\u0301 re\u00e9l", ["re\u0301sume\u0301", "re\u00e9l"]],
    [
      "\u0421\u0421\u0421\u0420 and \uff26\uff35\uff2c\uff2c",
      ["\u0421\u0421\u0421\u0420", "and", "\uff26\uff35\uff2c\uff2c"],
    ],
    ["zero\u200bwidth joined", ["zero\u200bwidth", "joined"]],
    ["東京は、晴れ。", ["東", "京", "は", "晴", "れ"]],
    ["\u1112\u1161\u11ab글 ok", ["\u1112\u1161\u11ab", "글", "ok"]],
    ["ภาษา", ["ภ", "า", "ษ", "า"]],
    ["\ufb01ne \u00bd b", ["\ufb01ne", "\u00bd", "\u00bd", "b"]],
  ];
  for (const [text, expected] of table) {
    assert.deepEqual(stretches(text), expected, text);
  }
});

test("any text: a token's stretch alone is this token, and stretches follow each other", () => {
  const alphabet = [
    ..."aZé'’-. \n1٣東ノภ글한\u0301\u0308\u200d\u0430\u03bf\ufb01",
    "\u1112\u1161\u11ab",
    "the ",
    "\u{1d400}",
  ];
  const draw = seeded(1n);
  for (let round = 0; round < 400; round++) {
    let text = "";
    for (let i = draw.below(40); i > 0; i--) text += alphabet[draw.below(alphabet.length)]!;
    const tokens = tokenize(text);
    const ranges = tokenRanges(text);
    assert.ok(!isRejection(tokens) && !isRejection(ranges));
    assert.equal(ranges.length, tokens.count);
    const bytes = utf8(text);
    let behind = 0;
    for (const [i, { from, to }] of ranges.entries()) {
      const stretch = tokenize(bytes.subarray(from, to));
      assert.ok(!isRejection(stretch));
      assert.deepEqual([stretch.count, tokenAt(stretch, 0)], [1, tokenAt(tokens, i)], JSON.stringify(text));
      assert.ok(from >= behind && to > from);
      behind = to;
    }
  }
});
