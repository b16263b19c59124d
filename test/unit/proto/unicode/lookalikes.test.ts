import assert from "node:assert/strict";
import { test } from "node:test";
import { isAssigned, isIgnorable, isLetter, singleWeight } from "#proto/unicode/classes.js";
import { CODE_POINTS } from "#proto/unicode/decode.js";
import { leastLookalike } from "#proto/unicode/lookalikes.js";
import { nfkc } from "#proto/unicode/nfkc.js";

const least = (symbol: string): string => String.fromCodePoint(leastLookalike(symbol.codePointAt(0)!));
const points = Array.from({ length: CODE_POINTS }, (_, point) => point).filter(isAssigned);
test("the representative is the least of its class, a letter or digit, and its own", () => {
  for (const point of points) {
    const representative = leastLookalike(point);
    if (representative === point) continue;
    assert.ok(representative < point && isLetter(representative) && isLetter(point), point.toString(16));
    assert.equal(leastLookalike(representative), representative);
    const text = String.fromCodePoint(representative);
    assert.equal(nfkc(text), text);
    assert.ok(!isIgnorable(representative));
  }
});

test("both cases of a letter are of one class", () => {
  for (const point of points.filter(isLetter)) {
    const text = nfkc(String.fromCodePoint(point));
    for (const other of [text.toUpperCase(), text.toLowerCase()]) {
      const [symbol = "", ...more] = [...nfkc(other)];
      // What has no other case of one letter in 15.0 stays as it is.
      if (more.length > 0 || [...text].length > 1 || !isLetter(symbol.codePointAt(0)!)) continue;
      assert.equal(least(symbol), least(text), point.toString(16));
    }
  }
});

test("letters that look alike are one, in every script and case, and others are not", () => {
  const same = [
    "1IiLl\u0131\u0399\u03b9\u0406\u0456\u04c0\u05d5\u05df",
    "0Oo\u039f\u03bf\u041e\u043e\u0555\u0585\u101d\u0e50\u0ed0",
    "Aa\u0391\u03b1\u0410\u0430",
    "Bb\u0392\u03b2\u0412\u0432",
    "7Ee\u0395\u03b5\u0415\u0435",
    "Hh\u0397\u03b7\u041d\u043d",
    "Cc\u0421\u0441",
    "\u00c1\u00e1\u0386\u03ac", // Composed letters whose letters look alike.
    "\u30ab\u529b", // Katakana ka and the Han power.
    "\u30fc\u4e00", // The long vowel mark and the Han one.
  ];
  for (const row of same) assert.equal(new Set(Array.from(row, least)).size, 1, row);
  const others = Array.from("ABCDFGHJKMNPQRSWX234689", least);
  assert.equal(new Set(others).size, others.length);
});

test("what looks alike has one weight", () => {
  const weights = (text: string): number[] => Array.from(text, (symbol) => singleWeight(least(symbol).codePointAt(0)!));
  assert.deepEqual(weights("\u6c34\u3007\ud55c"), [2, 2, 2]);
  assert.deepEqual(weights("\u3042\u30ab\u30fc\u30ce\u529b\u0e01\u0e48\u0ea5\u1780\u1000"), Array(10).fill(1));
  assert.deepEqual(weights("A1\u0430\u0939\u0e51\u101d"), Array(6).fill(0));
});
