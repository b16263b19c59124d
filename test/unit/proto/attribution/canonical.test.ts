import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalText } from "#proto/attribution/canonical.js";
import { isAssigned, isLetter, isMark } from "#proto/unicode/classes.js";
import { CODE_POINTS } from "#proto/unicode/decode.js";
import { leastLookalike } from "#proto/unicode/lookalikes.js";

const points = Array.from({ length: CODE_POINTS }, (_, point) => point).filter(isAssigned);

test("canonical text is its own canonical text, and that of every normalisation form, for every code point", () => {
  for (const point of points) {
    const text = String.fromCodePoint(point);
    const canonical = canonicalText(text);
    for (const form of new Set([canonical, text.normalize("NFD"), text.normalize("NFKC"), text.normalize("NFKD")])) {
      if (form === text) continue;
      if (canonicalText(form) !== canonical) assert.fail(point.toString(16));
    }
  }
});

test("canonical text is its own canonical text for letters with a mark", () => {
  const lively = points.filter((point) => isLetter(point) && leastLookalike(point) !== point);
  const marks = points.filter(isMark);
  const pick = (from: readonly number[]): fc.Arbitrary<string> =>
    fc.nat(from.length - 1).map((i) => String.fromCodePoint(from[i]!));
  fc.assert(
    fc.property(pick(lively), fc.oneof(pick(marks), pick(marks.slice(0, 112))), (letter, mark) => {
      const canonical = canonicalText(letter + mark);
      assert.equal(canonicalText(canonical), canonical);
    }),
    { seed: 20, numRuns: 20_000 },
  );
});

/** Variants of a text that look the same and have other windows. */
const attacks: readonly { readonly name: string; readonly honest: string; readonly forged: readonly string[] }[] = [
  { name: "zero-width space", honest: "salary", forged: ["sal\u200bary", "\u2060salary\u2060", "sal\ufeffary"] },
  { name: "joiner, soft hyphen, variation selector", honest: "salary", forged: ["sal\u200dar\u00ady\ufe0f"] },
  { name: "tag, filler", honest: "salary", forged: ["sal\u{e0041}ary", "sal\u3164\uffa0\u115fary"] },
  { name: "ignorable that nothing assigns yet", honest: "salary", forged: ["sal\u{e0080}ary", "sal\u2065ary"] },
  { name: "Cyrillic, both cases", honest: "pace PACE", forged: ["\u0440\u0430\u0441\u0435 \u0420\u0410\u0421\u0415"] },
  { name: "Greek", honest: "Kappa KAPPA", forged: ["\u039a\u03b1\u03c1\u03c1\u03b1 \u039a\u0391\u03a1\u03a1\u0391"] },
  { name: "I, l and 1; O and 0", honest: "Illinois OK", forged: ["lIlinois 0K", "1lliN0is ok", "illin0is Ok"] },
  {
    name: "full width, mathematical",
    honest: "word",
    forged: ["\uff57\uff4f\uff52\uff44", "\u{1d430}\u{1d428}\u{1d42b}\u{1d41d}"],
  },
  { name: "Burmese letter and Lao digit as o", honest: "foot", forged: ["f\u101d\u0ed0t"] },
  { name: "composed Greek letter", honest: "\u00e1rbol", forged: ["\u03acrbol", "\u0386RB0L"] },
  { name: "Cyrillic letter and acute", honest: "\u00e1rbol", forged: ["\u0430\u0301rbol", "\u0391\u0301rbol"] },
  {
    name: "something invisible before the accent",
    honest: "\u00e1rbol",
    forged: ["a\u200d\u0301rbol", "a\u034f\u0301rbol"],
  },
  { name: "Han for kana", honest: "\u30ab\u30e9\u30fc", forged: ["\u529b\u30e9\u4e00"] },
];

for (const { name, honest, forged } of attacks) {
  test(`property 20, look-alikes: ${name}`, () => {
    for (const text of forged) assert.equal(canonicalText(text), canonicalText(honest), JSON.stringify(text));
  });
}
