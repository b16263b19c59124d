import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerCodec,
  answerDigest,
  answerOf,
  checkAnswer,
  signAnswer,
  verifyAnswer,
  type Answer,
} from "#proto/attribution/answer.js";
import {
  ceilingCodec,
  ceilingId,
  checkCeiling,
  feeUnder,
  signCeiling,
  verifyCeiling,
  type Ceiling,
  type CeilingTerms,
} from "#proto/attribution/ceiling.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { U64_MAX } from "#proto/attribution/limits.js";
import type { Receipt } from "#proto/attribution/receipt.js";
import { secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { isRejection } from "#proto/rejection.js";
import { ok, refused } from "./world.js";

const secret = new Uint8Array(32).fill(5);
const key = secp256k1PublicKey(secret);
const otherKey = secp256k1PublicKey(new Uint8Array(32).fill(6));
const bytes = (count: number, value: number): Uint8Array => new Uint8Array(count).fill(value);
const prices = { pricePerCall: 1_000n, pricePerInputToken: 10n, pricePerOutputToken: 3n };
const ceiling: Ceiling = {
  chainId: "tributary-dev-1",
  channelId: 3n,
  requestHash: bytes(32, 1),
  versionId: 8n,
  prices,
  feeMax: 5_000n,
  lastVoucher: bytes(32, 2),
  time: 40n,
  expiry: 50n,
  bookId: bytes(16, 3),
  salt: bytes(16, 4),
};
const terms: CeilingTerms = {
  ...{ chainId: "tributary-dev-1", channelId: 3n, versionId: 8n, prices, requestHash: bytes(32, 1) },
  ...{ height: 45n, ageMax: 5n, left: 5_000n },
};
const receipt: Receipt = {
  ...{ channelId: 3n, nonce: 7n, versionId: 8n, fee: 1_029n, tokens: 3, time: 1_700_000_000_000n },
  ...{ requestHash: bytes(32, 7), addedRoot: bytes(32, 8), outRoot: bytes(32, 9) },
};
const answer = answerOf(ceiling, receipt);
const fieldOf = (value: unknown): unknown => (isRejection(value) ? value.data["field"] : undefined);

const otherCeilings: Readonly<Record<keyof Ceiling, Partial<Ceiling>>> = {
  chainId: { chainId: "tributary-1" },
  channelId: { channelId: 4n },
  requestHash: { requestHash: bytes(32, 9) },
  versionId: { versionId: 9n },
  prices: { prices: { ...prices, pricePerOutputToken: 4n } },
  feeMax: { feeMax: 5_001n },
  lastVoucher: { lastVoucher: bytes(32, 9) },
  time: { time: 41n },
  expiry: { expiry: 49n },
  bookId: { bookId: bytes(16, 9) },
  salt: { salt: bytes(16, 9) },
};

test("a consumer's signature binds every field of a ceiling, and each other ceiling has another id", () => {
  const signature = signCeiling(ceiling, secret);
  assert.equal(verifyCeiling(ceiling, signature, key), undefined);
  refused(verifyCeiling(ceiling, signature, otherKey), poaErrors.badSignature);
  for (const change of Object.values(otherCeilings)) {
    const other = { ...ceiling, ...change };
    refused(verifyCeiling(other, signature, key), poaErrors.badSignature);
    assert.notDeepEqual(ceilingId(other), ceilingId(ceiling));
  }
  assert.deepEqual(ok(ceilingCodec.decode(ceilingCodec.encode(ceiling), 1_000)), ceiling);
});

test("a ceiling is taken for the request, version, prices and deposit that it is about", () => {
  assert.equal(checkCeiling(ceiling, terms), undefined);
  assert.equal(
    checkCeiling({ ...ceiling, lastVoucher: new Uint8Array(0) }, terms),
    undefined,
    "before the first voucher",
  );
  assert.equal(checkCeiling({ ...ceiling, expiry: 45n }, terms), undefined, "in its last block");
});

const wrongCeilings: readonly (readonly [field: string, change: Partial<Ceiling>])[] = [
  ["chain_id", { chainId: "tributary-1" }],
  ["channel_id", { channelId: 4n }],
  ["request_hash", { requestHash: bytes(32, 2) }],
  ["request_hash", { requestHash: bytes(31, 1) }],
  ["version_id", { versionId: 9n }],
  ["prices", { prices: undefined }],
  ["prices.price_per_call", { prices: { ...prices, pricePerCall: 999n } }],
  ["prices.price_per_input_token", { prices: { ...prices, pricePerInputToken: 9n } }],
  ["prices.price_per_output_token", { prices: { ...prices, pricePerOutputToken: 0n } }],
  ["fee_max", { feeMax: 999n }],
  ["fee_max", { feeMax: 5_001n }],
  ["last_voucher", { lastVoucher: bytes(31, 2) }],
  ["time", { time: 39n }],
  ["time", { time: 46n }],
  ["expiry", { expiry: 44n }],
  ["expiry", { expiry: 51n }],
  ["book_id", { bookId: bytes(32, 3) }],
  ["salt", { salt: new Uint8Array(0) }],
];
for (const [field, change] of wrongCeilings) {
  const [[, value]] = Object.entries(change) as [[string, unknown]];
  const shown = typeof value === "object" ? JSON.stringify(value, (_, each: unknown) => String(each)) : String(value);
  test(`a ceiling is refused by its ${field}: ${shown.slice(0, 24)}`, () => {
    const verdict = checkCeiling({ ...ceiling, ...change }, terms);
    refused(verdict, poaErrors.wrongCeiling);
    assert.equal(fieldOf(verdict), field);
  });
}

test("a young chain has no block that is too old", () => {
  assert.equal(checkCeiling({ ...ceiling, time: 0n, expiry: 8n }, { ...terms, height: 3n }), undefined);
});

test("the fee is by the version's prices, and never above the ceiling", () => {
  const under = { prices, feeMax: 1_050n };
  assert.equal(feeUnder(under, { input: 2n, output: 3n }), 1_029n);
  assert.equal(feeUnder(under, { input: 5n, output: 0n }), 1_050n);
  assert.equal(feeUnder(under, { input: U64_MAX, output: U64_MAX }), 1_050n);
});

test("a provider's signature binds one receipt and its fee to one ceiling", () => {
  const signature = signAnswer(answer, secret);
  assert.equal(verifyAnswer(answer, signature, key), undefined);
  assert.equal(checkAnswer(answer, ceiling, receipt), undefined);
  refused(verifyAnswer(answer, signature, otherKey), poaErrors.badSignature);
  const others: Readonly<Record<keyof Answer, Partial<Answer>>> = {
    chainId: { chainId: "tributary-1" },
    channelId: { channelId: 4n },
    ceilingId: { ceilingId: bytes(32, 1) },
    receiptHash: { receiptHash: bytes(32, 1) },
    fee: { fee: 1_030n },
  };
  for (const change of Object.values(others)) {
    refused(verifyAnswer({ ...answer, ...change }, signature, key), poaErrors.badSignature);
  }
  assert.deepEqual(ok(answerCodec.decode(answerCodec.encode(answer), 1_000)), answer);
});

const wrongAnswers: readonly (readonly [
  name: string,
  field: string,
  change: { answer?: Partial<Answer>; ceiling?: Partial<Ceiling>; receipt?: Partial<Receipt> },
])[] = [
  ["of another chain", "chain_id", { answer: { chainId: "tributary-1" } }],
  ["on another channel", "channel_id", { answer: { channelId: 4n } }],
  ["to a ceiling that was signed for an equal request", "ceiling_id", { ceiling: { salt: bytes(16, 9) } }],
  ["with another text", "receipt_hash", { receipt: { outRoot: bytes(32, 1) } }],
  ["with a nonce used for another answer", "receipt_hash", { receipt: { nonce: 8n } }],
  ["that says another fee than its receipt", "fee", { answer: { fee: 1_028n } }],
];
for (const [name, field, change] of wrongAnswers) {
  test(`an answer ${name} is refused`, () => {
    const verdict = checkAnswer(
      { ...answer, ...change.answer },
      { ...ceiling, ...change.ceiling },
      { ...receipt, ...change.receipt },
    );
    refused(verdict, poaErrors.wrongAnswer);
    assert.equal(fieldOf(verdict), field);
  });
}

/** The provider signs what it should not: its own word shows it. */
const dishonest: readonly (readonly [name: string, field: string, receipt: Partial<Receipt>])[] = [
  ["a fee above the ceiling", "receipt.fee", { fee: 5_001n }],
  ["a receipt of another version", "receipt.version_id", { versionId: 9n }],
  ["a receipt of another channel", "receipt.channel_id", { channelId: 4n }],
];
for (const [name, field, change] of dishonest) {
  test(`${name} is refused although the provider signed it, and the signature proves it`, () => {
    const fabricated = { ...receipt, ...change };
    const word = answerOf(ceiling, fabricated);
    assert.equal(verifyAnswer(word, signAnswer(word, secret), key), undefined);
    const verdict = checkAnswer(word, ceiling, fabricated);
    refused(verdict, poaErrors.wrongAnswer);
    assert.equal(fieldOf(verdict), field);
  });
}

test("two answers to one ceiling have digests of their own: both signatures together prove the second", () => {
  const second = answerOf(ceiling, { ...receipt, nonce: 8n });
  assert.deepEqual(second.ceilingId, answer.ceilingId);
  assert.notDeepEqual(answerDigest(second), answerDigest(answer));
});
