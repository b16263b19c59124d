import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, u32be, type Bytes } from "#proto/bytes.js";
import { countFields, fieldShape, ownShape } from "#proto/codec/field-count.js";
import { message } from "#proto/codec/message.js";
import { txShape } from "#proto/tx/shape.js";
import { sha256 } from "#proto/crypto/hash.js";

const MAX = 1_000;
const NAME = "tributary.attribution.v1.MsgOpenSample";

test("fields of our own messages are counted, those of messages in them and entries of packed lists included", () => {
  const opening = {
    ...{ voucherId: 1n, index: 2n, pieces: [] },
    head: {
      ...{ receipt: undefined, request: undefined, seed: new Uint8Array(32).fill(1) },
      path: [{ hash: new Uint8Array(32).fill(2), sum: 3n, count: 1n }],
      ...{ requestPieces: 0, addedPieces: 0, answerPieces: 0 },
    },
  };
  // signer; then for each opening itself, two scalars, its head, the seed in it, its path and three in that.
  const value = { signer: "x", batchId: 0n, openings: [opening, opening] };
  assert.equal(countFields(message(NAME).encode(value), ownShape(NAME), MAX), 1 + 2 * 9);
  const reveal = "tributary.attribution.v1.MsgRevealScores";
  const scores = message(reveal).encode({
    ...{ attestor: "", roundId: 0n, salt: new Uint8Array(0) },
    ...{ items: [1n, 2n ** 60n, 3n], scores: [7, 300] },
  });
  assert.equal(countFields(scores, ownShape(reveal), MAX), 2 + 5);
});

test("counting stops at the bound, at a depth, and at whatever is no message; any bytes have a count", () => {
  const flat = new Uint8Array(100_000);
  for (let at = 0; at < flat.length; at += 2) flat[at] = 0x0a;
  assert.equal(countFields(flat, fieldShape(), MAX), MAX + 1);
  const endless = { inner: () => endless };
  let deep: Bytes = Uint8Array.of(0x0a, 0);
  for (let i = 0; i < 20; i++) deep = concat(Uint8Array.of(0x0a, deep.length), deep);
  assert.equal(countFields(deep, endless, MAX), MAX + 1);
  for (let i = 0; i < 500; i++) {
    const bytes = concat(...Array.from({ length: i % 9 }, (_, part) => sha256(u32be(i), u32be(part))));
    const fields = countFields(bytes, txShape, MAX);
    assert.ok(fields >= 0 && fields <= MAX + 1, `${fields} fields`);
  }
});
