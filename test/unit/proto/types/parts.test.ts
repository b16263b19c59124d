import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, type Bytes } from "#proto/bytes.js";
import { PART_BYTES } from "#proto/limits.js";
import { merkleProofs } from "#proto/merkle/rfc6962.js";
import { partsRootOf, type PartSetHeader } from "#proto/types/block-id.js";
import { joinParts, partBelongs, splitParts, type BlockPart } from "#proto/types/parts.js";

/** Hostile inputs 19 and 20: a part is of its set only with its own index, its exact size and its proof. */

const bytes = Uint8Array.from({ length: 2 * PART_BYTES + 100 }, (_, i) => i * 7 + (i >> 8) + 3 * (i >> 16));
const { header, parts } = splitParts(bytes);
const [first, second, last] = parts as [BlockPart, BlockPart, BlockPart];

test("parts of a block belong to its set and join to its bytes", () => {
  assert.equal(header.total, 3);
  assert.ok(parts.every((part) => partBelongs(header, part)));
  assert.deepEqual(joinParts(parts), bytes);
});

/** A set whose chunks are cut as its maker likes; every proof in it holds. */
function cutBy(chunks: readonly Bytes[]): { header: PartSetHeader; parts: BlockPart[] } {
  const { root, proofs } = merkleProofs(chunks);
  const cut = chunks.map((chunk, index) => ({ index, bytes: chunk, aunts: [...proofs[index]!.aunts] }));
  return { header: { total: cut.length, hash: partsRootOf(root) }, parts: cut };
}

const flipped = (from: Bytes): Bytes => from.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
const foreign: readonly (readonly [what: string, part: BlockPart])[] = [
  ["with another byte", { ...first, bytes: flipped(first.bytes) }],
  ["with another aunt", { ...first, aunts: first.aunts.map(flipped) }],
  ["without its aunts", { ...first, aunts: [] }],
  ["with an aunt more", { ...first, aunts: [...first.aunts, first.aunts[0]!] }],
  ["at another index", { ...first, index: 1 }],
  ["behind the end", { ...last, index: 3 }],
  ["whose bytes are another's", { ...first, bytes: second.bytes }],
  ["of another size, the last one", { ...last, bytes: concat(last.bytes, Uint8Array.of(0)) }],
];
for (const [what, part] of foreign) {
  test(`a part ${what} does not belong`, () => assert.equal(partBelongs(header, part), false));
}

const cuts: readonly (readonly [what: string, at: number, sizes: readonly number[]])[] = [
  ["shorter than a part, before the last", 0, [PART_BYTES - 1, PART_BYTES]],
  ["longer than a part, before the last", 0, [PART_BYTES + 1, PART_BYTES]],
  ["longer than a part, at the end", 1, [PART_BYTES, PART_BYTES + 1]],
  ["empty, at the end", 1, [PART_BYTES, 0]],
];
for (const [what, at, sizes] of cuts) {
  test(`a proven part that is ${what}, does not belong`, () => {
    const cut = cutBy(sizes.map((size) => new Uint8Array(size)));
    assert.equal(partBelongs(cut.header, cut.parts[at]!), false);
  });
}

test("no set of another total under the same root is ever whole", () => {
  for (const total of [1, 2, 4, 5]) assert.ok(!parts.every((part) => partBelongs({ ...header, total }, part)));
});
