import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, u32be, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { hmacSha256, sha256 } from "#proto/crypto/hash.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { distinctSorted } from "#proto/attribution/packed.js";
import { TEXT_BYTES_MAX } from "#proto/attribution/limits.js";
import { spanKinds } from "#proto/attribution/rule/receipt.js";
import { setRoot, verifySet } from "#proto/attribution/set-tree.js";
import { stepsToTop } from "#proto/attribution/shape.js";
import { checkProfile, NORM_ID } from "#proto/attribution/token-hash.js";
import { textRoot } from "#proto/attribution/texts.js";
import { tokenAt, tokenize } from "#proto/attribution/tokens.js";
import { ok, refused } from "./world.js";

const packed = (...values: bigint[]): Bytes => concat(...values.map(u64be));

test("a set is whole, strictly ascending and its root's", () => {
  refused(setRoot(new Uint8Array(7)), poaErrors.notWhole);
  refused(setRoot(packed(2n, 1n)), poaErrors.notSorted);
  refused(setRoot(packed(1n, 1n)), poaErrors.notSorted);
  const root = ok(setRoot(packed(1n, 2n)));
  assert.equal(verifySet(root, packed(1n, 2n)), undefined);
  refused(verifySet(root, packed(1n, 3n)), poaErrors.wrongRoot);
});

test("distinctSorted orders by number over the whole u64 range", () => {
  const top = (1n << 64n) - 1n;
  assert.deepEqual(distinctSorted(packed(top, 3n, 0n, 3n, 1n << 63n, top)), packed(0n, 3n, 1n << 63n, top));
  assert.deepEqual(distinctSorted(new Uint8Array(0)), new Uint8Array(0));
});

test("undefined profiles are refused", () => {
  for (const normId of [0, 1, 3]) refused(checkProfile(normId), poaErrors.unknownProfile);
  assert.equal(checkProfile(NORM_ID), undefined);
});

test("a text is bounded before it is read", () => {
  refused(tokenize(new Uint8Array(TEXT_BYTES_MAX + 1)), poaErrors.textTooLong);
});

test("a long text is tokenised as its parts are, whatever its buffers do", () => {
  const words = Array.from({ length: 9_000 }, (_, i) => `W${i.toString(6)}\u00c9\u{10400}`);
  const tokens = ok(tokenize(words.join(", ")));
  assert.equal(tokens.count, words.length);
  for (const i of [0, 1_023, 1_024, 8_999]) assert.equal(tokenAt(tokens, i), words[i]);
  const ideographs = "\u6c34".repeat(5_000);
  assert.equal(ok(tokenize(ideographs)).count, 5_000);
});

test("the leaf of a piece is salted by HMAC-SHA256 of its place, and holds kind, datanet and tokens", () => {
  const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
  const leaf = (i: number, ...piece: Bytes[]): Bytes =>
    sha256(Uint8Array.of(0), utf8("poa2/req"), hmacSha256(seed, u32be(i)).subarray(0, 16), ...piece);
  const leaves = [
    leaf(0, Uint8Array.of(spanKinds.own), u64be(0n), packed(4n, 8n)),
    leaf(1, Uint8Array.of(spanKinds.answered), u64be(0n), packed(12n)),
    leaf(2, Uint8Array.of(spanKinds.marked), u64be(7n), packed(16n)),
  ] as const;
  const top = sha256(Uint8Array.of(1), sha256(Uint8Array.of(1), leaves[0], leaves[1]), leaves[2]);
  const root = sha256(Uint8Array.of(2), utf8("poa2/req"), u64be(3n), top);
  const spans = [
    { kind: spanKinds.own, datanet: undefined, tokens: packed(4n, 8n) },
    { kind: spanKinds.answered, datanet: undefined, tokens: packed(12n) },
    { kind: spanKinds.marked, datanet: 7n, tokens: packed(16n) },
  ];
  assert.deepEqual(ok(textRoot("poa2/req", seed, spans)), root);
});

test("stepsToTop splits at the largest power of two below the count (RFC 6962)", () => {
  const shape = (index: bigint, count: bigint): string =>
    stepsToTop(index, count)
      .map(({ siblingIsLeft, siblingLeaves }) => `${siblingIsLeft ? "L" : "R"}${siblingLeaves}`)
      .join(" ");
  assert.equal(shape(0n, 1n), "");
  assert.equal(shape(0n, 2n), "R1");
  assert.equal(shape(4n, 5n), "L4");
  assert.equal(shape(5n, 7n), "L1 R1 L4");
  assert.equal(shape(6n, 7n), "L2 L4");
  assert.equal(stepsToTop((1n << 64n) - 2n, (1n << 64n) - 1n).length, 63);
});
