import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, signAnswer } from "#proto/attribution/answer.js";
import { exchangeErrors } from "#proto/exchange/errors.js";
import type { AskedCeiling } from "#proto/exchange/provider.js";
import type { Received, Sealed } from "#proto/exchange/sealed.js";
import { idOf } from "#test/exchange/provider-machine.js";
import { secrets } from "#test/exchange/terms.js";
import { refused } from "../attribution/world.js";
import { Pair } from "./pair.js";

/** The provider signs what it changed: only what the consumer recomputes can tell. */
function forged(asked: AskedCeiling, sealed: Sealed, change: Partial<NonNullable<Sealed["receipt"]>>): Sealed {
  const receipt = { ...sealed.receipt!, ...change };
  return { ...sealed, receipt, signature: signAnswer(answerOf(asked.ceiling!, receipt), secrets.provider) };
}

const came: Received = { text: "yes", isWhole: true };
const frauds: readonly (readonly [
  name: string,
  forge: (asked: AskedCeiling, sealed: Sealed, pair: Pair) => Sealed,
  field: string,
  received?: Received,
])[] = [
  ["a higher fee", (asked, sealed) => forged(asked, sealed, { fee: 112n }), "receipt.fee"],
  ["a fee above the ceiling", (asked, sealed) => forged(asked, sealed, { fee: 201n }), "receipt.fee"],
  ["another answer's root", (asked, sealed) => forged(asked, sealed, { outRoot: new Uint8Array(32) }), "receipt"],
  ["another request's root", (asked, sealed) => forged(asked, sealed, { requestHash: new Uint8Array(32) }), "receipt"],
  ["another context's root", (asked, sealed) => forged(asked, sealed, { addedRoot: new Uint8Array(32) }), "receipt"],
  ["context that it did not commit to", (_, sealed) => ({ ...sealed, added: ["a text"] }), "receipt.fee"],
  ["another version", (asked, sealed) => forged(asked, sealed, { versionId: 9n }), "receipt.versionId"],
  ["another channel", (asked, sealed) => forged(asked, sealed, { channelId: 9n }), "receipt.channelId"],
  ["more tokens", (asked, sealed) => forged(asked, sealed, { tokens: 2 }), "receipt.tokens"],
  ["another seed", (_, sealed) => ({ ...sealed, seed: new Uint8Array(32) }), "receipt"],
  ["text that was not sent", (_, sealed) => sealed, "answer", { text: "no", isWhole: true }],
  ["text beyond what was sent", (_, sealed) => sealed, "answer", { text: "ye", isWhole: true }],
  ["no signature", (_, sealed) => ({ ...sealed, signature: new Uint8Array(64) }), "signature"],
  ["a receipt of another ceiling", (_, __, pair) => pair.answer(pair.ask("another"), "yes"), "receipt"],
  ["a nonce that is used", (asked, sealed) => forged(asked, sealed, { nonce: 1n }), "receipt.nonce"],
  ["no nonce", (asked, sealed) => forged(asked, sealed, { nonce: 0n }), "receipt.nonce"],
  ["no receipt", (_, sealed) => ({ ...sealed, receipt: undefined }), "receipt.nonce"],
];

for (const [name, forge, field, received = came] of frauds) {
  test(`a dishonest provider earns nothing by ${name}`, () => {
    const pair = new Pair();
    pair.use("the first", "yes");
    const asked = pair.ask("hello");
    const sealed = forge(asked, pair.answer(asked, "yes"), pair);
    const row = pair.consumer.judge(idOf(asked), sealed, received);
    assert.ok(row !== undefined && "field" in row, "it was taken");
    assert.equal(row.field, field);
    pair.consumer.addRefused(row);
    assert.equal(pair.consumer.sign(false)?.voucher?.nonce, 1n, "what was good is paid");
    const { request, texts: _ } = asked;
    const wish = { request: request!, texts: [], feeMax: 1n, time: 1n, expiry: 1n, salt: new Uint8Array(16) };
    refused(pair.consumer.ask(wish), exchangeErrors.channelStopped);
  });
}

test("a stream that broke is owed as far as it was sealed", () => {
  const pair = new Pair();
  const asked = pair.ask("hello");
  const sealed = pair.answer(asked, "yes and no");
  const row = pair.consumer.judge(idOf(asked), sealed, { text: "yes an", isWhole: false });
  assert.ok(row !== undefined && !("field" in row));
});

test("an answer that comes twice is judged once, also while its row is being written", () => {
  const pair = new Pair();
  const asked = pair.ask("hello");
  const sealed = pair.answer(asked, "yes");
  assert.ok(pair.consumer.judge(idOf(asked), sealed, came) !== undefined);
  assert.equal(pair.consumer.judge(idOf(asked), sealed, came), undefined);
  assert.equal(pair.consumer.void(idOf(asked)), undefined, "and it is not void");
});

test("a nonce that the provider gave to nothing is a gap, and nothing behind it is signed", () => {
  const pair = new Pair();
  const asked = pair.ask("hello");
  const sealed = forged(asked, pair.answer(asked, "yes"), {});
  const skipped = new Pair();
  skipped.use("one of its own", "yes");
  const behind = skipped.answer(asked, "yes");
  assert.equal(behind.receipt!.nonce, 2n);
  const row = pair.consumer.judge(idOf(asked), behind, came);
  assert.ok(row !== undefined && !("field" in row));
  pair.consumer.addExchange(row);
  assert.ok(pair.consumer.hasGap);
  assert.equal(pair.consumer.sign(false), undefined);
  assert.equal(sealed.receipt!.nonce, 1n);
});

test("exposure counts open ceilings and what is not signed for", () => {
  const pair = new Pair();
  pair.use("hello", "yes");
  pair.ask("and");
  assert.equal(pair.consumer.exposure, 311n);
  pair.consumer.addVoucher(pair.consumer.sign(false)!);
  assert.equal(pair.consumer.exposure, 200n);
});
