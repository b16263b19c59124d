import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { message, codecErrors, type MessageName } from "#proto/codec/message.js";
import { allMessages, arbitraryMessage } from "./arbitrary.js";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { cosmos } from "#proto/codec/cosmos.js";
import { isRejection } from "#proto/rejection.js";
import { concat, fromHex } from "#proto/bytes.js";

const hex = (text: string): Uint8Array => fromHex(text)!;
const header = message("tributary.chain.v1.PartSetHeader");
const vote = message("tributary.chain.v1.Vote");

test("every message of every schema survives a round trip, 64 bits included", () => {
  for (const name of allMessages()) {
    const codec = message(name as MessageName);
    fc.assert(
      fc.property(arbitraryMessage(name), (value) => {
        const bytes = codec.encode(value as never);
        assert.deepEqual(codec.decode(bytes), value);
        assert.deepEqual(codec.decodeOwn(bytes), value);
      }),
      { numRuns: 15, seed: 7 },
    );
  }
});

test("one value has one encoding: every mutated byte string is refused or means another value", () => {
  fc.assert(
    fc.property(
      arbitraryMessage("tributary.chain.v1.Vote"),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (value, at, flip) => {
        const bytes = vote.encode(value as never);
        if (bytes.length === 0) return;
        const mutated = bytes.slice();
        mutated[at % bytes.length]! ^= flip;
        const decoded = vote.decode(mutated);
        if (!isRejection(decoded)) assert.deepEqual(vote.encode(decoded), mutated);
      },
    ),
    { numRuns: 500, seed: 7 },
  );
});

const refused: readonly (readonly [name: string, bytes: string, code: number])[] = [
  ["an unknown field", "0801 1a00", codecErrors.notCanonical.code],
  ["an explicit zero", "0800", codecErrors.notCanonical.code],
  ["a doubled field", "0801 0802", codecErrors.notCanonical.code],
  ["fields out of order", "120161 0801", codecErrors.notCanonical.code],
  ["a padded varint", "088100", codecErrors.notCanonical.code],
  ["an empty bytes field", "0801 1200", codecErrors.notCanonical.code],
  ["a truncated field", "0801 1205 61", codecErrors.malformed.code],
  ["tag zero", "0001", codecErrors.malformed.code],
  ["a wrong wire type", "0d01000000", codecErrors.notCanonical.code],
];
for (const [name, bytes, code] of refused) {
  test(`refuses ${name}`, () => {
    const result = header.decode(hex(bytes.replaceAll(" ", "")));
    assert.ok(isRejection(result), "accepted");
    assert.equal(result.code, code);
  });
}

test("refuses what is above the bound before it is parsed", () => {
  const result = header.decode(concat(new Uint8Array(100)), 99);
  assert.ok(isRejection(result) && result.code === codecErrors.tooLarge.code);
});

test("a number where a bigint belongs is a bug, not a zero", () => {
  assert.throws(() => vote.encode({ ...arbitraryVote(), height: 5 as unknown as bigint }), /not a u64/);
  assert.throws(() => vote.encode({ ...arbitraryVote(), height: 1n << 64n }), /not a u64/);
});

function arbitraryVote() {
  const none = new Uint8Array(0);
  return { type: 1, height: 1n, round: 0, blockId: undefined, validator: none, index: 0, signature: none };
}

test("what stands in the state and is cut short is found when it is read", () => {
  const result = header.decodeOwn(hex("08011205"));
  assert.ok(isRejection(result) && result.code === codecErrors.malformed.code);
});

test("an encoded Cosmos message takes its own bytes of memory and no more", () => {
  const bytes = cosmos(MsgSend).encode(MsgSend.fromPartial({ fromAddress: "a", toAddress: "b" }));
  assert.equal(bytes.buffer.byteLength, bytes.length);
});
