import assert from "node:assert/strict";
import { test } from "node:test";
import { signAnswer } from "#proto/attribution/answer.js";

import { verifyOpening } from "#proto/attribution/opening.js";
import { samplePoint } from "#proto/attribution/sample.js";
import { auditTop, verifyVoucher } from "#proto/attribution/voucher.js";
import { toHex } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { CliFault } from "#cli/fault.js";
import { train } from "#cli/demo/model/train.js";
import { SeededRandom } from "#cli/demo/random.js";
import { ask } from "#cli/demo/usage/ask.js";
import { ConsumerBook, type SignedBatch } from "#cli/demo/usage/consumer.js";
import { receiptOf, type Terms } from "#cli/demo/usage/exchange.js";
import { openAll, openDrawn, packOpenings } from "#cli/demo/usage/openings.js";
import { askAbout } from "#cli/demo/usage/prompts.js";
import { answerWord, reply, type Provider } from "#cli/demo/usage/provider.js";
import { feeOf, tokensOf } from "#cli/demo/usage/prices.js";

const texts: readonly [string, ...string[]] = [
  "The state of the Union is strong and the people of the States are at peace with all the nations of the earth. We have met the obligations of the treasury and we have kept the faith that our fathers placed in us.",
  "It is the duty of the Congress to give to the people an account of the revenue and of the expenditure of the year. The revenue of the year is larger than the expenditure by some two millions of dollars.",
];
const consumerSecret = new Uint8Array(32).fill(3);
const providerSecret = new Uint8Array(32).fill(5);

function setUp(seed: string) {
  const terms: Terms = {
    chainId: "tributary-dev-1",
    channelId: 7n,
    versionId: 2n,
    prices: { pricePerCall: 20_000n, pricePerInputToken: 100n, pricePerOutputToken: 500n },
    providerKey: secp256k1PublicKey(providerSecret),
  };
  const provider: Provider = { model: train(texts), secretKey: providerSecret, seed };
  return { terms, provider, book: new ConsumerBook(terms, consumerSecret) };
}

function twoVouchers(seed: string): readonly [SignedBatch, SignedBatch] {
  const { provider, book } = setUp(seed);
  ask(book, provider, texts, 9);
  const first = book.sign(true);
  ask(book, provider, texts, 21);
  return [first, book.sign(false)];
}

test("the same seed gives the same receipts and voucher roots; another seed gives others", () => {
  const roots = (seed: string) =>
    twoVouchers(seed).map(({ voucher }) => `${toHex(voucher.auditRoot)}/${voucher.amount}`);
  assert.deepEqual(roots("one"), roots("one"));
  assert.notDeepEqual(roots("one"), roots("two"));
});

test("vouchers count over the life of the channel, and each covers what came since the last", () => {
  const [first, second] = twoVouchers("vouchers");
  assert.equal(first.voucher.nonce, 9n);
  assert.equal(second.voucher.nonce, 30n);
  assert.equal(first.voucher.auditSum, first.voucher.amount);
  assert.equal(second.voucher.amount - first.voucher.amount, second.voucher.auditSum);
  assert.equal(second.voucher.auditCount, 21n);
  const key = secp256k1PublicKey(consumerSecret);
  for (const { voucher, signature } of [first, second]) assert.equal(verifyVoucher(voucher, signature, key), undefined);
});

test("every receipt opens under its voucher, and a sampled point opens the receipt that holds it", () => {
  const [first, second] = twoVouchers("openings");
  const place = (signed: SignedBatch, afterNonce: bigint) => ({
    channelId: 7n,
    versionId: 2n,
    afterNonce,
    nonce: signed.voucher.nonce,
    top: auditTop(signed.voucher),
  });
  for (const opening of openAll([{ voucherId: 1n, signed: first }])) {
    const opened = verifyOpening(place(first, 0n), opening);
    assert.ok(!isRejection(opened), isRejection(opened) ? rejectionText(opened) : "");
  }
  const beacon = sha256(new Uint8Array(1));
  const points = Array.from({ length: 16 }, (_, draw) => samplePoint(beacon, 2n, draw, second.voucher.auditSum));
  const redeemed = [{ voucherId: 2n, signed: second }];
  const openings = openDrawn(
    redeemed,
    points.map((point) => ({ voucherId: 2n, point })),
  );
  const intervals = openings.map((opening) => {
    const opened = verifyOpening(place(second, 9n), opening);
    assert.ok(!isRejection(opened), isRejection(opened) ? rejectionText(opened) : "");
    return opened.interval;
  });
  for (const point of points) {
    assert.equal(intervals.filter(({ from, to }) => from <= point && point < to).length, 1);
  }
});

test("openings are packed in order and within the size, and a larger one stands alone", () => {
  const openings = openAll([{ voucherId: 1n, signed: twoVouchers("packing")[0] }]);
  const lists = packOpenings(openings, 3_000);
  assert.ok(lists.length > 1 && lists.length < openings.length);
  assert.deepEqual(lists.flat(), openings);
  assert.equal(packOpenings(openings, 1).length, openings.length);
  assert.deepEqual(packOpenings([], 100), []);
});

test("a consumer refuses what the provider did not sign, another fee and another nonce", () => {
  const { terms, provider, book } = setUp("refusals");
  const question = askAbout(texts, new SeededRandom("q"));
  const good = reply(provider, terms, 1n, question);
  const refuses = (changed: typeof good, prompt = question.prompt) =>
    assert.throws(() => book.accept(prompt, changed), CliFault);
  const { exchange, signature } = good;
  refuses({ exchange: { ...exchange, answer: `${exchange.answer} more` }, signature });
  refuses({ exchange: { ...exchange, fee: exchange.fee + 1n }, signature });
  refuses({ exchange: { ...exchange, nonce: 2n }, signature });
  refuses(good, "another question of as many words as that");
  const other = new Uint8Array(32).fill(9);
  refuses({
    exchange,
    signature: signAnswer(answerWord(terms.chainId, exchange.prompt, receiptOf(terms, exchange)), other),
  });
  book.accept(question.prompt, good);
  refuses(good);
});

test("fees follow from the version's prices and the tokens of both texts", () => {
  const prices = { pricePerCall: 1_000n, pricePerInputToken: 10n, pricePerOutputToken: 3n };
  assert.equal(tokensOf("It's one, two; three!"), 4);
  assert.equal(feeOf(prices, "one two", "one two three"), 1_000n + 20n + 9n);
});
