import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { PART_BYTES } from "#proto/limits.js";
import { blockKey, compareBlockIds, equalBlockIds, equalParts, partsKey, type BlockId } from "#proto/types/block-id.js";
import { blockCodec, type Block } from "#proto/types/block.js";
import { blockIdOf, sealBlock, splitParts } from "#proto/types/parts.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

const [one, two] = [sha256(utf8("one")), sha256(utf8("two"))];
const id = blockIdFrom(one, 1, two);
const others: { what: string; other: BlockId | undefined }[] = [
  { what: "nil", other: undefined },
  { what: "another header", other: blockIdFrom(two, 1, two) },
  { what: "another part root", other: blockIdFrom(one, 1, one) },
  { what: "another number of parts", other: blockIdFrom(one, 2, two) },
  { what: "no parts", other: { ...id, parts: undefined } },
];
for (const { what, other } of others) {
  test(`a block id with ${what} is another block's, however it is compared`, () => {
    assert.equal(equalBlockIds(id, other), false);
    assert.equal(equalBlockIds(other, id), false);
    assert.notEqual(blockKey(id), blockKey(other));
    assert.notEqual(compareBlockIds(id, other), 0);
    assert.equal(Math.sign(compareBlockIds(id, other)), -Math.sign(compareBlockIds(other, id)));
  });
}

test("equal ids are equal, however they are compared", () => {
  const again = blockIdFrom(one.slice(), 1, two.slice());
  assert.ok(equalBlockIds(id, again) && equalBlockIds(undefined, undefined) && equalParts(id.parts, again.parts));
  assert.equal(blockKey(id), blockKey(again));
  assert.equal(partsKey(id.parts!), partsKey(again.parts!));
  assert.equal(compareBlockIds(id, again), 0);
});

test("the id of bytes is the id of the block that is sealed into them, whatever their length", () => {
  const header = { chainId: "tributary-1", height: 3n } as NonNullable<Block["header"]>;
  for (const length of [0, 1, PART_BYTES - 1, PART_BYTES, 3 * PART_BYTES + 7]) {
    const bytes = new Uint8Array(length).fill(7);
    assert.deepEqual(blockIdOf(whole(header), bytes).parts, splitParts(bytes).header);
  }
  const sealed = sealBlock({ header: whole(header), txs: [one], lastCertificate: undefined, evidence: [] });
  assert.ok(equalBlockIds(blockIdOf(whole(header), blockCodec.encode(sealed.block)), sealed.id));
});

function whole(header: NonNullable<Block["header"]>): NonNullable<Block["header"]> {
  const root = new Uint8Array(32);
  return {
    ...{ version: 1n, round: 0, time: 1n, proposer: root, lastBlockId: undefined, lastCertificateRoot: root },
    ...{ txRoot: root, stateRoot: root, resultsRoot: root, validatorsRoot: root, nextValidatorsRoot: root },
    ...{ prioritiesRoot: root, evidenceRoot: root, paramsRoot: root, beaconProof: root },
    ...header,
  };
}
