import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, u32be, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { hmacSha256, sha256 } from "#proto/crypto/hash.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { distinctSorted } from "#proto/attribution/packed.js";
import { CONTEXT_CHUNKS_MAX, TOKENS_MAX, TEXT_BYTES_MAX } from "#proto/attribution/limits.js";
import { contextRoot, outputRoot } from "#proto/attribution/output-tree.js";
import { setRoot, verifySet } from "#proto/attribution/set-tree.js";
import { stepsToTop } from "#proto/attribution/shape.js";
import { checkProfile, NORM_ID } from "#proto/attribution/token-hash.js";
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

test("profiles that nobody defined are refused", () => {
  for (const normId of [0, 1, 3]) refused(checkProfile(normId), poaErrors.unknownProfile);
  assert.equal(checkProfile(NORM_ID), undefined);
});

test("texts, tokens and context are bounded before they are read", () => {
  refused(tokenize(new Uint8Array(TEXT_BYTES_MAX + 1)), poaErrors.textTooLong);
  refused(outputRoot(new Uint8Array(32), new Uint8Array(8 * TOKENS_MAX + 8)), poaErrors.tooMany);
  const chunk = { contributionId: 1n, chunkHash: new Uint8Array(32) };
  refused(
    contextRoot(
      new Uint8Array(32),
      Array.from({ length: CONTEXT_CHUNKS_MAX + 1 }, () => chunk),
    ),
    poaErrors.tooMany,
  );
  refused(contextRoot(new Uint8Array(32), [{ ...chunk, chunkHash: new Uint8Array(31) }]), poaErrors.wrongHashSize);
  refused(outputRoot(new Uint8Array(31), new Uint8Array(0)), poaErrors.wrongHashSize);
});

test("a long text is tokenised as its parts are, whatever its buffers do", () => {
  const words = Array.from({ length: 9_000 }, (_, i) => `W${i.toString(6)}\u00c9\u{10400}`);
  const tokens = ok(tokenize(words.join(", ")));
  assert.equal(tokens.count, words.length);
  for (const i of [0, 1_023, 1_024, 8_999]) assert.equal(tokenAt(tokens, i), words[i]);
  const ideographs = "\u6c34".repeat(5_000);
  assert.equal(ok(tokenize(ideographs)).count, 5_000);
});

test("an output leaf is salted by HMAC-SHA256 of its position", () => {
  const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
  const leaf = (i: number): Bytes =>
    sha256(Uint8Array.of(0), utf8("poa2/out"), hmacSha256(seed, u32be(i)).subarray(0, 16), u64be(BigInt(4 * i + 4)));
  const top = sha256(Uint8Array.of(1), sha256(Uint8Array.of(1), leaf(0), leaf(1)), leaf(2));
  const root = sha256(Uint8Array.of(2), utf8("poa2/out"), u64be(3n), top);
  assert.deepEqual(ok(outputRoot(seed, packed(4n, 8n, 12n))), root);
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
