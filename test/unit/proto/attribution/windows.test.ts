import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { concat, toHex, utf8, type Bytes } from "#proto/bytes.js";
import { printText, windowsOf } from "#proto/attribution/fingerprint.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { checkTokenHashes, tokenHashes, weightAt } from "#proto/attribution/token-hash.js";
import { tokenAt, tokenize } from "#proto/attribution/tokens.js";
import { windowEnds } from "#proto/attribution/windows.js";
import { ok, refused } from "./world.js";

const sha256 = (data: Bytes): Bytes => new Uint8Array(createHash("sha256").update(data).digest());
const hashesOf = (text: string): Bytes => tokenHashes(ok(tokenize(text)));

/** The definition of README, one node after the other. */
function fingerprint(window: Bytes): string {
  let level = new Uint8Array(window.length <= 64 ? 64 : window.length <= 128 ? 128 : 256);
  level.set(window);
  while (level.length > 32) {
    const blocks = Array.from({ length: level.length / 64 }, (_, i) => sha256(level.subarray(64 * i, 64 * i + 64)));
    level = new Uint8Array(concat(...blocks));
  }
  return toHex(level.subarray(0, 8));
}

/** The least run from `from` on whose weights reach 32, or undefined. */
function endOf(weights: readonly number[], from: number): number | undefined {
  let sum = 0;
  for (let end = from; end < weights.length; end++) if ((sum += weights[end]!) >= 32) return end + 1;
  return undefined;
}

test("a token hash is the definition, with the class in its two lowest bits, also of very long tokens", () => {
  const text = `w\u00f6rd \u6c34\ud55c \u3042\u0e01\u0e48 ${"x".repeat(3_000)}`;
  const tokens = ok(tokenize(text));
  const weights = [4, 2, 2, 1, 1, 1, 4];
  assert.equal(tokens.count, weights.length);
  const hashes = tokenHashes(tokens);
  for (const [i, weight] of weights.entries()) {
    const hash = sha256(concat(utf8("poa2/tok"), Uint8Array.of(2), utf8(tokenAt(tokens, i)))).subarray(0, 8);
    hash[7] = (hash[7]! & 0xfc) | [4, 2, 1].indexOf(weight);
    assert.equal(toHex(hashes.subarray(8 * i, 8 * i + 8)), toHex(hash));
    assert.equal(weightAt(hashes, i), weight);
  }
});

test("windows and fingerprints are the definition, for words, Han, kana and all mixtures", () => {
  const token = fc.constantFrom(
    "word ",
    "other ",
    "\u6c34",
    "\u5c71",
    "\ud55c",
    "\u3042",
    "\u3044",
    "\u0e01",
    "\u0e48",
  );
  const text = fc.array(token, { maxLength: 120 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (sample) => {
      const hashes = hashesOf(sample);
      const weights = Array.from({ length: hashes.length / 8 }, (_, i) => weightAt(hashes, i));
      const { ends, fingerprints } = windowsOf(hashes);
      const expected = weights.map((_, i) => endOf(weights, i)).filter((end) => end !== undefined);
      assert.deepEqual([...ends], expected);
      for (const [i, end] of expected.entries()) {
        assert.equal(toHex(fingerprints.subarray(8 * i, 8 * i + 8)), fingerprint(hashes.subarray(8 * i, 8 * end)));
      }
    }),
    { seed: 32, numRuns: 300 },
  );
});

test("eight words, 16 Han characters or 32 Thai letters are the least text with a window", () => {
  const windows = (text: string): number => windowEnds(hashesOf(text)).length;
  const words = (count: number): string => "word ".repeat(count);
  assert.deepEqual([words(7), words(8), words(9)].map(windows), [0, 1, 2]);
  assert.deepEqual(["\u6c34".repeat(15), "\u6c34".repeat(16)].map(windows), [0, 1]);
  assert.deepEqual(["\u0e01".repeat(31), "\u0e01".repeat(32)].map(windows), [0, 1]);
  assert.deepEqual([`${words(4)}${"\u6c34".repeat(7)}\u3042`, `${words(4)}${"\u6c34".repeat(8)}`].map(windows), [0, 1]);
  assert.equal(windows(""), 0);
});

test("more windows than one batch are the same as in parts", () => {
  const text = Array.from({ length: 9_000 }, (_, i) => (i % 7 === 0 ? "\u6c34" : `w${i.toString(6)} `)).join("");
  const { tokens, fingerprints, ends } = ok(printText(text));
  for (const at of [0, 4_095, 4_096, 8_191, 8_192, ends.length - 1]) {
    assert.equal(toHex(fingerprints.subarray(8 * at, 8 * at + 8)), fingerprint(tokens.subarray(8 * at, 8 * ends[at]!)));
  }
});

test("class 3 is refused, and where it stands is said", () => {
  const hashes = hashesOf("seven words are not enough for this");
  assert.equal(checkTokenHashes("tokens", hashes, 7), undefined);
  refused(checkTokenHashes("tokens", hashes, 6), poaErrors.tooMany);
  refused(checkTokenHashes("tokens", hashes.subarray(1), 7), poaErrors.notWhole);
  hashes[8 * 4 + 7]! |= 3;
  const refusal = checkTokenHashes("tokens", hashes, 7);
  refused(refusal, poaErrors.tokenClass);
  assert.deepEqual(refusal!.data, { field: "tokens", index: 4 });
});
