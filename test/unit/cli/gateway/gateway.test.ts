import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { signCeiling } from "#proto/attribution/ceiling.js";
import { signVoucher } from "#proto/attribution/voucher.js";
import { toBase64 } from "#proto/base64.js";
import { utf8 } from "#proto/bytes.js";
import type { AskedCeiling } from "#proto/exchange/provider.js";
import { decodeHeader, encodeHeader, signedVoucherJson, x402Headers } from "#proto/exchange/x402.js";
import { CHANNEL_STATUS } from "#cli/gateway/chain/facts.js";
import { searchable } from "#cli/gateway/retrieval/passages.js";
import { got, TestConsumer, TestGateway, type GatewayOptions, type Got } from "#test/fixtures/gateway-parts.js";
import { release, WORDS, type Behaviour } from "#test/fixtures/upstream-server.js";
import { ok } from "#test/unit/proto/attribution/world.js";

const ANSWER = WORDS.join("");
const gateways: TestGateway[] = [];
const open = async (options?: GatewayOptions): Promise<TestGateway> => {
  const gateway = await TestGateway.open(options);
  gateways.push(gateway);
  return gateway;
};
afterEach(async () => {
  for (const gateway of gateways.splice(0)) {
    await gateway.close();
    assert.deepEqual(gateway.troubles, []);
  }
});

/** The sealed answer of a request that ended well. */
const sealedOf = ({ state }: Got) => (state?.state === "receipt" ? state.sealed : undefined);

/** Takes an answer and pays for it. */
async function pay(consumer: TestConsumer, answer: Got & { readonly asked: AskedCeiling }): Promise<Got> {
  assert.equal(consumer.take(answer.asked, sealedOf(answer), { text: answer.text, isWhole: true }), undefined);
  return await consumer.post("/x402/settle", signedVoucherJson(consumer.voucher()));
}

test("an answer is sealed, checked and paid, plain and streaming, with usage that both sides count", async () => {
  const gateway = await open();
  const consumer = new TestConsumer(gateway);
  for (const more of [{}, { stream: true, stream_options: { include_usage: true } }, { stream: true }]) {
    const answer = await consumer.ask("What falls?", more);
    assert.deepEqual([answer.status, answer.text, answer.isWhole], [200, ANSWER, true]);
    assert.equal((await pay(consumer, answer)).status, 200);
    const counts = /"usage":\{"prompt_tokens":2,"completion_tokens":7,"total_tokens":9,"upstream":\{"prompt_tokens":99/;
    assert.equal(counts.test(answer.raw), Object.keys(more).length !== 1);
    assert.match(answer.raw, /"model":"m"/);
  }
  assert.equal(consumer.record.signed.nonce, 3n);
  assert.equal(gateway.channels.get(1n)!.record.unpaid, 0n);
  assert.equal(gateway.upstream.asked[0]!["model"], "inner");
});

test("function calls pass as they are, for the price of a call", async () => {
  const gateway = await open();
  gateway.upstream.behaviour = "calls";
  const consumer = new TestConsumer(gateway);
  for (const more of [{}, { stream: true }]) {
    const answer = await consumer.ask("Call.", more);
    assert.match(answer.raw, /"tool_calls":\[\{"index":0,"id":"t"/);
    assert.equal((await pay(consumer, answer)).status, 200);
    assert.equal(sealedOf(answer)!.receipt!.fee, 1_010n);
  }
});

test("embeddings pass through, metered without attribution; a completion is asked as such", async () => {
  const consumer = new TestConsumer(await open());
  const bytes = utf8('{"model":"m","input":"two words"}');
  const path = "/v1/embeddings";
  const asked = consumer.ceiling(bytes, { path });
  const answer = await consumer.send(bytes, consumer.header(asked), { path });
  assert.match(answer.raw, /"embedding":\[0.5\].*"usage":\{"prompt_tokens":2,"total_tokens":2\}/);
  assert.equal(consumer.take(asked, sealedOf(answer), { text: "", isWhole: true }), undefined);
});

test("an unpaid request is told what to pay, and models are listed", async () => {
  const { url } = await open();
  const post = (body: string) => fetch(`${url}/v1/chat/completions`, { method: "POST", body });
  const unpaid = await post('{"model":"m","messages":[{"role":"user","content":"a"}],"max_tokens":10}');
  assert.deepEqual([unpaid.status, unpaid.headers.get("x-should-retry")], [402, "false"]);
  assert.equal(unpaid.headers.get(x402Headers.response), null);
  const required = ok(decodeHeader(unpaid.headers.get(x402Headers.required)!)) as unknown as {
    accepts: { amount: string; extra: Record<string, unknown> }[];
  };
  assert.equal(required.accepts[0]!.amount, "2010");
  assert.equal(typeof required.accepts[0]!.extra["requestHash"], "string");
  const models = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
  assert.deepEqual(
    models.data.map(({ id }) => id),
    ["m"],
  );
  assert.equal((await fetch(`${url}/v1/models/m`)).status, 200);
  assert.equal((await fetch(`${url}/v1/models/%ff`)).status, 404);
  assert.equal((await fetch(`${url}/v1/audio/speech`, { method: "POST" })).status, 404);
  assert.equal((await fetch(`${url}/v1/chat/completions`)).status, 405);
  const terms = await fetch(`${url}/x402/terms?model=m&payer=trib1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq`);
  assert.equal(terms.status, 200);
  assert.equal((await fetch(`${url}/x402/terms?model=m&payer=../x`)).status, 400);
});

test("an answer is cut before what its ceiling pays for, and says so", async () => {
  const gateway = await open();
  gateway.upstream.behaviour = "long";
  const consumer = new TestConsumer(gateway);
  for (const more of [{}, { stream: true }]) {
    const answer = await consumer.ask("More.", more, 1_010n + 1_000n + 99n);
    assert.equal(answer.text, "rain ".repeat(10));
    assert.match(answer.raw, /"finish_reason":"length"/);
    assert.equal((await pay(consumer, answer)).status, 200);
    assert.equal(sealedOf(answer)!.receipt!.fee, 2_010n);
  }
});

test("passages of a release are put before the question, sealed as context and paid as input", async () => {
  const passages = searchable(["The harbour of Nantes is old.", "Bread rises slowly."], [4n]);
  const gateway = await open({ passages });
  const consumer = new TestConsumer(gateway);
  const answer = await consumer.ask("What of the harbour?");
  assert.deepEqual(sealedOf(answer)!.added, ["The harbour of Nantes is old."]);
  assert.deepEqual((gateway.upstream.asked[0]!["messages"] as object[])[0], {
    role: "system",
    content: "The harbour of Nantes is old.",
  });
  assert.equal((await pay(consumer, answer)).status, 200);
  assert.equal(sealedOf(answer)!.receipt!.fee, 1_000n + 10n * (4n + 6n) + 700n);
  const poor = await consumer.ask("What of the harbour?", {}, 1_000n + 40n + 20n);
  assert.deepEqual(sealedOf(poor)!.added, []);
});

/** Failures of the model's server, and what a client is told before and after the first chunk. Nothing is owed for any. */
const UPSTREAM_FAILURES: readonly (readonly [Behaviour, string])[] = [
  ["hangs", "upstream_slow"],
  ["stalls", "upstream_stalled"],
  ["dies", "upstream_ended"],
  ["notUtf8", "upstream_not_utf8"],
  ["tenMegabytes", "upstream_too_large"],
  ["empty", "upstream_empty"],
  ["busy", "upstream_busy"],
  ["refuses", "upstream_refused"],
  ["otherShape", "upstream_wrong_shape"],
];
test("bad input: a model's server that fails leaves a void, an error line and a reset; nothing is owed", async () => {
  const patient = await open({ waitMs: 20_000 });
  const { chain, upstream } = patient;
  const hasty = await open({ waitMs: 250, upstream });
  for (const [behaviour, code] of UPSTREAM_FAILURES) {
    upstream.behaviour = behaviour;
    const consumer = new TestConsumer(["hangs", "stalls"].includes(behaviour) ? hasty : patient);
    for (const more of [{}, { stream: true }]) {
      const answer = await consumer.ask("Well?", more);
      if (answer.status === 200) {
        assert.ok(!answer.isWhole && !answer.raw.includes("[DONE]"), `${behaviour}: a broken stream ends badly`);
      }
      assert.ok([code, "upstream_not_json"].includes(answer.code!), `${behaviour}: ${answer.code}`);
      assert.equal((await consumer.stateOf(answer.asked)).state?.state, "void", behaviour);
    }
  }
  assert.equal(chain.channels.size, UPSTREAM_FAILURES.length - 2);
  for (const { record } of [...patient.channels.all(), ...hasty.channels.all()]) {
    assert.deepEqual([record.unpaid, record.inFlight, record.nonce], [0n, 0n, 0n]);
  }
});

test("bad input: a client that goes away is owed nothing more after its time; what was sent is sealed", async () => {
  const gateway = await open();
  gateway.upstream.behaviour = "verySlow";
  const consumer = new TestConsumer(gateway);
  const bytes = consumer.body("Slowly.", { stream: true });
  const asked = consumer.ceiling(bytes);
  const read = await consumer.send(bytes, consumer.header(asked), { leaveAt: 1 });
  assert.equal(read.isWhole, false);
  let state = await consumer.stateOf(asked);
  for (; state.state?.state === "running"; state = await consumer.stateOf(asked)) await sleep(20);
  const sealed = sealedOf(state)!;
  assert.ok(sealed.answer.startsWith(read.text) && sealed.answer.length < ANSWER.length, sealed.answer);
  assert.equal(consumer.take(asked, sealed, { text: read.text, isWhole: false }), undefined);
});

test("bad input: a client that retries gets the same answer from its start: while it runs, and afterwards", async () => {
  const gateway = await open();
  gateway.upstream.behaviour = "slow";
  const consumer = new TestConsumer(gateway);
  const bytes = consumer.body("Again.", { stream: true });
  const asked = consumer.ceiling(bytes);
  await consumer.send(bytes, consumer.header(asked), { leaveAt: 1 });
  const two = await Promise.all([1, 2].map(() => consumer.send(bytes, consumer.header(asked))));
  const after = await consumer.send(bytes, consumer.header(asked));
  for (const answer of [...two, after]) {
    assert.deepEqual([answer.text, answer.isWhole], [ANSWER, true]);
    assert.deepEqual(sealedOf(answer), sealedOf(after));
  }
  assert.equal(gateway.upstream.asked.length, 1);
  assert.equal(gateway.channels.get(1n)!.record.nonce, 1n);
});

test("bad input: DELETE cuts an answer, and seals what was sent", async () => {
  const gateway = await open();
  gateway.upstream.behaviour = "verySlow";
  const consumer = new TestConsumer(gateway);
  const bytes = consumer.body("Stop.", { stream: true });
  const asked = consumer.ceiling(bytes);
  const reading = consumer.send(bytes, consumer.header(asked));
  await sleep(500);
  const state = await consumer.stateOf(asked, "DELETE");
  const answer = await reading;
  assert.deepEqual(sealedOf(state), sealedOf(answer));
  assert.ok(answer.isWhole && answer.text.length < ANSWER.length);
  assert.equal(consumer.take(asked, sealedOf(answer), { text: answer.text, isWhole: true }), undefined);
});

test("bad input: 64 requests in parallel are answered, more are told to wait, and each is sealed once", async () => {
  const gateway = await open({ parallelMax: 64, credit: 10_000_000n, waitMs: 30_000 });
  gateway.upstream.behaviour = "held";
  const consumer = new TestConsumer(gateway, { deposit: 100_000_000n });
  const asking = Array.from({ length: 64 }, (_, i) => consumer.ask(`Question ${i}`, { stream: i % 2 === 0 }));
  while (gateway.upstream.asked.length < 64) await sleep(10);
  for (let i = 0; i < 3; i++) {
    const { status, code, headers } = await consumer.ask("One more?");
    assert.deepEqual([status, code, headers.get("x-should-retry")], [429, "too_many_requests", "true"]);
  }
  release();
  const nonces = (await Promise.all(asking)).map((answer) => sealedOf(answer)!.receipt!.nonce);
  assert.equal(new Set(nonces).size, 64);
});

test("bad input: bodies and headers", async () => {
  const gateway = await open();
  const consumer = new TestConsumer(gateway);
  const good = consumer.body("a");
  const header = consumer.header(consumer.ceiling(good));
  const rows: readonly (readonly [string, Uint8Array, string, status: number, code: string])[] = [
    ["a body above the limit", utf8("x".repeat(100_001)), header, 413, "body_too_large"],
    ["another body than the ceiling's", consumer.body("b"), header, 402, "other_request"],
    ["a header that is not base64", good, "%%%", 402, "exchange/notMoney"],
    ["a header without a payment", good, encodeHeader({ x402Version: 2 }), 402, "exchange/notMoney"],
    [
      "a deposit in place of a voucher",
      good,
      encodeHeader({ payload: { type: "deposit", tx: "AA==" } }),
      400,
      "wrong_payment",
    ],
  ];
  for (const [what, bytes, sent, status, code] of rows) {
    const answer = await consumer.send(bytes, sent);
    assert.deepEqual([answer.status, answer.code], [status, code], what);
    assert.equal(answer.headers.get(x402Headers.response), null, what);
  }
  for (const [text, code] of [
    ['{"model":"m","messages":[{"role":"user","content":"a"}],"n":2}', "exchange/notServed"],
    ['{"model":"other","messages":[{"role":"user","content":"a"}]}', "model_not_found"],
    ["{", "exchange/notJson"],
  ] as const) {
    const bytes = utf8(text);
    assert.equal((await consumer.send(bytes, consumer.header(consumer.ceiling(bytes)))).code, code);
  }
  assert.equal(gateway.upstream.asked.length, 0);
  const settle = await consumer.post("/x402/settle", {});
  assert.deepEqual([settle.status, settle.code], [400, "no_voucher"]);
  assert.equal((await consumer.post("/x402/deposit", { tx: toBase64(utf8("x")) })).status, 400);
  assert.equal((await got(await fetch(`${gateway.url}/x402/ceilings/xyz`))).code, "exchange/unknownCeiling");
});

test("bad input: the chain stalls, the version is revoked, the channel closes, the deposit is used up", async () => {
  const gateway = await open();
  const consumer = new TestConsumer(gateway, { deposit: 30_000n });
  const first = await consumer.ask("One.");
  assert.equal(first.status, 200);
  const broke = await consumer.ask("Two.", {}, 29_000n);
  assert.deepEqual([broke.status, broke.code], [402, "poa/wrongCeiling"]);

  gateway.chain.stage = 5;
  await gateway.versions.read(3n);
  const revoked = await consumer.ask("Three.");
  assert.deepEqual([revoked.status, revoked.code], [403, "version_not_usable"]);
  gateway.chain.stage = 3;
  await gateway.versions.read(3n);

  gateway.chain.channels.get(1n)!.status = CHANNEL_STATUS.closing;
  await gateway.channels.read(1n);
  assert.equal((await consumer.ask("Four.")).code, "channel_not_open");
  assert.equal((await pay(consumer, first)).status, 200, "what is owed is taken while the channel closes");
  gateway.chain.channels.get(1n)!.status = CHANNEL_STATUS.open;
  await gateway.channels.read(1n);

  const old = Date.now() - 3_600_000;
  for (let height = 101n; height < 103n; height++) gateway.clock.seen({ height, time: old, seenAt: old });
  const stale = await consumer.ask("Five.");
  assert.deepEqual([stale.status, stale.code, stale.headers.get("x-should-retry")], [503, "chain_stale", "true"]);
  gateway.chain.isGone = true;
  const unknown = new TestConsumer(gateway, { byte: 11 });
  assert.deepEqual((await unknown.ask("Six.")).code, "chain_unreachable");
});

test("a channel that was opened a moment ago is found; one to nobody here is refused", async () => {
  const gateway = await open();
  assert.equal((await new TestConsumer(gateway).ask("New.")).status, 200);
  const consumer = new TestConsumer(gateway, { byte: 12 });
  gateway.chain.channels.delete(consumer.chain.id);
  assert.deepEqual((await consumer.ask("Lost.")).code, "exchange/notMoney");
});

/** What a dishonest consumer tries, and the code that refuses it. */
const DISHONEST: readonly (readonly [name: string, code: string, play: (consumer: TestConsumer) => Promise<Got>])[] = [
  ["signs too little: the call alone costs more", "poa/wrongCeiling", (consumer) => consumer.ask("Cheap.", {}, 999n)],
  [
    "signs too little: the request costs more",
    "exchange/feeTooLow",
    (consumer) => consumer.ask("Cheap words.", {}, 1_010n),
  ],
  [
    "names other prices",
    "poa/wrongCeiling",
    async (consumer) => {
      const bytes = consumer.body("Cheap.");
      const asked = consumer.ceiling(bytes);
      const ceiling = {
        ...asked.ceiling!,
        prices: { pricePerCall: 1n, pricePerInputToken: 0n, pricePerOutputToken: 0n },
      };
      const signature = signCeiling(ceiling, consumer.secretKey);
      return await consumer.send(bytes, consumer.header({ ...asked, ceiling, signature }));
    },
  ],
  [
    "replays a header with another body",
    "other_request",
    async (consumer) => {
      const asked = (await consumer.ask("First.")).asked;
      return await consumer.send(consumer.body("Second."), consumer.header(asked));
    },
  ],
  [
    "uses a ceiling that another key signed",
    "poa/badSignature",
    async (consumer) => {
      const bytes = consumer.body("Not mine.");
      const asked = consumer.ceiling(bytes);
      return await consumer.send(
        bytes,
        consumer.header({ ...asked, signature: signCeiling(asked.ceiling!, new Uint8Array(32).fill(1)) }),
      );
    },
  ],
  [
    "withholds vouchers: beyond the credit nothing is answered",
    "exchange/overCredit",
    async (consumer) => {
      for (let i = 0; i < 40; i++) await consumer.ask(`Free ${i}.`, {}, 3_000n);
      return await consumer.ask("One more.", {}, 3_000n);
    },
  ],
  [
    "sends a voucher with a wrong sum",
    "exchange/refused",
    async (consumer) => {
      const answer = await consumer.ask("Sum.");
      consumer.take(answer.asked, sealedOf(answer), { text: answer.text, isWhole: true });
      const { voucher } = consumer.voucher();
      const less = { ...voucher!, amount: 1n, auditSum: 1n };
      const row = { voucher: less, signature: signVoucher(less, consumer.secretKey) };
      return await consumer.post("/x402/settle", signedVoucherJson(row));
    },
  ],
  [
    "pays for receipts that nobody has",
    "exchange/bookBehind",
    async (consumer) => {
      const answer = await consumer.ask("Behind.");
      consumer.take(answer.asked, sealedOf(answer), { text: answer.text, isWhole: true });
      const { voucher } = consumer.voucher();
      const more = { ...voucher!, nonce: 9n };
      return await consumer.post(
        "/x402/settle",
        signedVoucherJson({ voucher: more, signature: signVoucher(more, consumer.secretKey) }),
      );
    },
  ],
  [
    "runs a second book on the channel",
    "exchange/otherBook",
    async (consumer) => {
      await consumer.ask("Mine.");
      return await new TestConsumer(consumer.gateway, { channel: consumer.chain }).ask("Mine too.");
    },
  ],
  [
    "asks with an old block as its time",
    "poa/wrongCeiling",
    async (consumer) => {
      consumer.gateway.clock.seen({ height: 135n, time: Date.now(), seenAt: Date.now() });
      return await consumer.ask("Old.");
    },
  ],
  [
    "voids its own answer while it runs, to have it free",
    "exchange/ceilingVoid",
    async (consumer) => {
      const bytes = consumer.body("Void.");
      const asked = consumer.ceiling(bytes);
      const { ceiling, signature, request } = asked;
      const header = consumer.header({ ceiling, signature, request, texts: [] });
      const payload = (ok(decodeHeader(header)) as { payload: Record<string, string> }).payload;
      const fate = await consumer.post("/x402/ceilings", payload);
      assert.equal(fate.state?.state, "void");
      return await consumer.send(bytes, header);
    },
  ],
];
for (const [name, code, play] of DISHONEST) {
  test(`a dishonest consumer ${name}: gains nothing beyond the credit`, async () => {
    const gateway = await open({ credit: 40_000n });
    const answer = await play(new TestConsumer(gateway));
    assert.equal(answer.code, code);
    assert.equal(answer.headers.get(x402Headers.response), null);
    const owed = gateway.channels.all().reduce((sum, { record }) => sum + record.unpaid + record.inFlight, 0n);
    assert.ok(owed <= 40_000n, `${owed}`);
  });
}

test("the credit is one account's, over all its channels", async () => {
  const gateway = await open({ credit: 10_000n });
  const [one, two] = [new TestConsumer(gateway), new TestConsumer(gateway)];
  for (let i = 0; i < 4; i++) await one.ask(`A ${i}.`, {}, 2_500n);
  assert.equal((await two.ask("B.", {}, 5_000n)).code, "exchange/overCredit");
});

test("a gateway that starts again goes on where its book ends", async () => {
  const first = await open();
  const consumer = new TestConsumer(first);
  const paid = await consumer.ask("Paid.");
  await pay(consumer, paid);
  const unpaid = await consumer.ask("Unpaid.", { stream: true });
  first.upstream.behaviour = "busy";
  const failed = await consumer.ask("Failed.");
  await first.stop();
  gateways.splice(gateways.indexOf(first), 1);

  const { directory, chain, upstream } = first;
  const second = await open({ directory, chain, upstream });
  upstream.behaviour = "honest";
  const record = second.channels.get(1n)!.record;
  assert.deepEqual([record.nonce, record.paid.nonce], [2n, 1n]);
  Object.defineProperty(consumer, "gateway", { value: second });
  assert.deepEqual(sealedOf(await consumer.stateOf(unpaid.asked)), sealedOf(unpaid));
  const again = await consumer.send(consumer.body("Unpaid.", { stream: true }), consumer.header(unpaid.asked));
  assert.deepEqual([again.text, again.isWhole, sealedOf(again)], [ANSWER, true, sealedOf(unpaid)]);
  const failedAgain = await consumer.send(consumer.body("Failed."), consumer.header(failed.asked));
  assert.equal(failedAgain.code, "exchange/ceilingVoid");
  assert.equal((await pay(consumer, unpaid)).status, 200);
  const same = await consumer.send(consumer.body("Paid."), consumer.header(paid.asked));
  assert.deepEqual([same.text, sealedOf(same), record.nonce], [paid.text, sealedOf(paid), 2n]);
});
