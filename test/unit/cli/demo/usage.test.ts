import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, signAnswer } from "#proto/attribution/answer.js";
import { signCeiling, type Ceiling } from "#proto/attribution/ceiling.js";
import { NOTHING_SHOWN, piecesIn, showPieces, verifyHead, type Opening } from "#proto/attribution/opening.js";
import { requestHash } from "#proto/attribution/request.js";
import { spanKinds } from "#proto/attribution/rule/receipt.js";
import { samplePoint } from "#proto/attribution/sample.js";
import { spansOf } from "#proto/attribution/texts.js";
import { NOTHING_REDEEMED, verifyVoucher, type Standing } from "#proto/attribution/voucher.js";
import { present } from "#proto/assert.js";
import { toHex } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { CliFault } from "#cli/fault.js";
import { train } from "#cli/ngram/train.js";
import { SeededRandom } from "#cli/random.js";
import { ask } from "#cli/demo/usage/ask.js";
import { ConsumerBook, type SignedBatch } from "#cli/demo/usage/consumer.js";
import { receiptOf, requestOf, type Terms } from "#cli/demo/usage/exchange.js";
import { allPlaces, drawnPlaces, packOpenings } from "#cli/demo/usage/openings.js";
import { askAbout, type Source, type Sources } from "#cli/demo/usage/prompts.js";
import { answer, type Provider } from "#cli/demo/usage/provider.js";

const DATANET = 4n;
const HEIGHT = 40n;
const FRESH = { seed: new Uint8Array(32), salt: new Uint8Array(16) };
const texts: readonly [Source, ...Source[]] = [
  {
    datanet: DATANET,
    text: "The state of the Union is strong and the people of the States are at peace with all the nations of the earth. We have met the obligations of the treasury and we have kept the faith that our fathers placed in us.",
  },
  {
    datanet: DATANET,
    text: "It is the duty of the Congress to give to the people an account of the revenue and of the expenditure of the year. The revenue of the year is larger than the expenditure by some two millions of dollars.",
  },
];
const sources: Sources = { trained: texts, retrieved: texts };
const consumerSecret = new Uint8Array(32).fill(3);
const providerSecret = new Uint8Array(32).fill(5);

function setUp(seed: string) {
  const terms: Terms = {
    chainId: "tributary-dev-1",
    channelId: 7n,
    versionId: 2n,
    prices: { pricePerCall: 20_000n, pricePerInputToken: 100n, pricePerOutputToken: 500n },
    deposit: 10_000_000n,
    providerKey: secp256k1PublicKey(providerSecret),
    consumerKey: secp256k1PublicKey(consumerSecret),
    versionDatanets: 1,
  };
  const model = train(texts.map(({ text }) => text));
  const provider: Provider = { model, secretKey: providerSecret, seed };
  return { terms, provider, book: new ConsumerBook(terms, consumerSecret) };
}

function twoVouchers(seed: string): readonly [SignedBatch, SignedBatch] {
  const { provider, book } = setUp(seed);
  ask(book, provider, sources, 9, HEIGHT);
  const first = book.sign(true);
  ask(book, provider, sources, 21, HEIGHT);
  return [first, book.sign(false)];
}

function ok<T>(value: T | Rejection): T {
  assert.ok(!isRejection(value), isRejection(value) ? rejectionText(value) : "");
  return value as T;
}

test("the same seed gives the same receipts and voucher roots; another seed gives others", () => {
  const roots = (seed: string) =>
    twoVouchers(seed).map(({ voucher }) => `${toHex(voucher.auditRoot)}/${voucher.amount}`);
  assert.deepEqual(roots("one"), roots("one"));
  assert.notDeepEqual(roots("one"), roots("two"));
});

test("vouchers and their trees count over the life of the channel", () => {
  const [first, second] = twoVouchers("vouchers");
  assert.equal(first.voucher.nonce, 9n);
  assert.equal(second.voucher.nonce, 30n);
  assert.equal(first.voucher.auditSum, first.voucher.amount);
  assert.equal(second.voucher.auditSum, second.voucher.amount);
  assert.equal(second.fee, second.voucher.amount - first.voucher.amount);
  assert.deepEqual([second.voucher.auditCount, first.first, second.first], [30n, 0, 9]);
  const key = secp256k1PublicKey(consumerSecret);
  for (const { voucher, signature } of [first, second]) assert.equal(verifyVoucher(voucher, signature, key), undefined);
});

test("every receipt opens under its voucher, and a sampled point opens the receipt that holds it", () => {
  const [first, second] = twoVouchers("openings");
  const at = { chainId: "tributary-dev-1", versionId: 2n, formed: HEIGHT };
  const shows = ({ voucher }: SignedBatch, before: Standing, { index, head, pieces }: Opening) => {
    const { nonce: afterNonce, auditSum: afterAuditSum, auditCount: afterAuditCount } = before;
    const record = { ...voucher, afterNonce, afterAuditSum, afterAuditCount };
    const shown = present(head, "one part has the head");
    const interval = ok(verifyHead(record, index, shown, at));
    assert.equal(ok(showPieces(shown, NOTHING_SHOWN, pieces)).pieces, piecesIn(shown));
    return interval;
  };
  const whole = [{ voucherId: 1n, signed: first }];
  for (const opening of packOpenings(whole, allPlaces(whole), 1_000_000).flat()) {
    shows(first, NOTHING_REDEEMED, opening);
  }
  const beacon = sha256(new Uint8Array(1));
  const points = Array.from(
    { length: 16 },
    (_, draw) => first.voucher.auditSum + samplePoint(beacon, 2n, draw, second.fee),
  );
  const redeemed = [{ voucherId: 2n, signed: second }];
  const places = drawnPlaces(
    redeemed,
    points.map((point) => ({ voucherId: 2n, point })),
  );
  const intervals = packOpenings(redeemed, places, 1_000_000)
    .flat()
    .map((opening) => shows(second, first.voucher, opening));
  for (const point of points) {
    assert.equal(intervals.filter(({ from, to }) => from <= point && point < to).length, 1);
  }
});

test("openings are packed in order and within the size, and a larger receipt comes in parts", () => {
  const redeemed = [{ voucherId: 1n, signed: twoVouchers("packing")[0] }];
  const places = allPlaces(redeemed);
  const all = packOpenings(redeemed, places, 1_000_000).flat();
  const lists = packOpenings(redeemed, places, 3_000);
  assert.ok(lists.length > 1 && lists.length < all.length);
  assert.deepEqual(lists.flat(), all);
  const parts = packOpenings(redeemed, places.slice(0, 1), 1).flat();
  assert.ok(parts.length > 1 && parts[0]!.head !== undefined && parts.slice(1).every(({ head }) => head === undefined));
  assert.deepEqual(
    parts.flatMap(({ pieces }) => pieces),
    all[0]!.pieces,
  );
  assert.deepEqual(packOpenings(redeemed, [], 100), []);
});

test("some questions mark a passage and name its datanet, some have none", () => {
  const { kept } = twoVouchers("retrieval")[1];
  const marked = kept.filter(({ asked }) => asked.some(({ kind }) => kind === "marked"));
  assert.ok(marked.length > 0 && marked.length < kept.length);
  for (const { issued, asked } of kept) {
    const { request, requestPieces } = issued.head;
    const spans = ok(spansOf(issued.pieces.slice(0, requestPieces)));
    assert.equal(spans[0]!.kind, spanKinds.own);
    const isMarked = asked.length > 1;
    assert.deepEqual(request?.datanets, isMarked ? [DATANET] : []);
    assert.deepEqual(
      spans.slice(1).map(({ kind, datanet }) => [kind, datanet]),
      isMarked ? [[spanKinds.marked, DATANET]] : [],
    );
  }
});

test("a provider refuses what the consumer did not sign, and a request of a later block or another channel", () => {
  const { terms, provider, book } = setUp("asking");
  const prompt = askAbout(sources, new SeededRandom("q"));
  const good = book.ask(prompt.texts, HEIGHT, FRESH);
  const refuses = (asked: typeof good, height = HEIGHT) =>
    assert.throws(() => answer(provider, terms, asked, prompt, height), CliFault);
  const signed = (change: Partial<typeof good.question>, more: Partial<Ceiling> = {}): typeof good => {
    const question = { ...good.question, ...change };
    const { chainId, channelId } = question;
    const same = { chainId, channelId, requestHash: requestHash(requestOf(question).request) };
    const ceiling = { ...good.ceiling, ...same, ...more };
    return { question, ceiling, signature: signCeiling(ceiling, consumerSecret) };
  };
  refuses(good, HEIGHT - 1n);
  refuses({ ...good, question: { ...good.question, texts: [{ kind: "own", text: "something else" }] } });
  refuses({ ...good, question: { ...good.question, datanets: [9n] } });
  refuses(signed({ channelId: 8n }));
  refuses(signed({ chainId: "another" }));
  refuses(signed({ datanets: [9n, 3n] }));
  refuses(signed({}, { prices: { ...terms.prices, pricePerCall: 1n } }));
  refuses(signed({}, { feeMax: terms.deposit + 1n }));
  refuses(good, HEIGHT + 31n);
  answer(provider, terms, good, prompt, HEIGHT);
});

test("a consumer refuses what the provider did not sign, another fee and another nonce", () => {
  const { terms, provider, book } = setUp("refusals");
  const prompt = askAbout(sources, new SeededRandom("q"));
  const asked = book.ask(prompt.texts, HEIGHT, FRESH);
  const good = answer(provider, terms, asked, prompt, HEIGHT);
  const refuses = (changed: typeof good, question = asked) =>
    assert.throws(() => book.accept(question, changed), CliFault);
  const { reply, signature } = good;
  const signed = (change: Partial<typeof reply>, secretKey = providerSecret): typeof good => {
    const other = { ...reply, ...change };
    const { receipt } = receiptOf(requestOf(asked.question), other);
    return { reply: other, signature: signAnswer(answerOf(asked.ceiling, receipt), secretKey) };
  };
  refuses({ reply: { ...reply, answer: `${reply.answer} more` }, signature });
  refuses(signed({ fee: reply.fee + 1n }));
  refuses(signed({ versionId: 3n }));
  refuses(signed({}, new Uint8Array(32).fill(9)));
  refuses(good, book.ask([{ kind: "own", text: "another question of as many words as that" }], HEIGHT, FRESH));
  refuses(good, { ...asked, question: { ...asked.question, nonce: 2n } });
  book.accept(asked, good);
  refuses(good);
});
