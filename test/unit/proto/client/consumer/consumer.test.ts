import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { voucherDigest } from "#proto/attribution/voucher.js";
import { Budget, MemoryBook } from "#proto/client/consumer/index.js";
import { ProviderChannel } from "#proto/exchange/provider.js";
import { terms } from "#test/exchange/terms.js";
import { chat, pairOf, policy, streamed } from "#test/fixtures/consumer-parts.js";

const said = (text: string): string => `You said ${text}. That is all.`;
const errorOf = async (answer: Response): Promise<{ code: string; message: string; param: string | null }> =>
  ((await answer.json()) as { error: { code: string; message: string; param: string | null } }).error;
const contentOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { choices: { message: { content: string } }[] }).choices[0]!.message.content;

test("a whole answer is handed over as it came, and paid for at once", async () => {
  const { gateway, consumer, faults } = await pairOf();
  const answer = await consumer.ask(chat("hello"));
  assert.equal(answer.status, 200);
  assert.equal(await contentOf(answer), said("hello"));
  await consumer.close();
  assert.equal(gateway.channel.paid.nonce, 1n);
  assert.equal(gateway.channel.unpaid, 0n);
  assert.deepEqual(consumer.sums, { deposit: 10_000_000n, signed: gateway.channel.paid.amount, exposure: 0n, open: 0 });
  assert.deepEqual(faults, []);
});

test("a stream's chunks go on as they came, without the receipt, and [DONE] comes after it is written", async () => {
  const { gateway, consumer, book } = await pairOf();
  const answer = await consumer.ask(chat("hello there", { stream: true }));
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  const { text, isDone, raw } = await streamed(answer);
  assert.deepEqual([text, isDone], [said("hello there"), true]);
  assert.doesNotMatch(raw, /tributary-receipt/);
  await consumer.close();
  assert.equal((await book.load()).undelivered.length, 0);
  assert.equal(gateway.channel.paid.nonce, 1n);
});

test("64 streams in parallel are paid with fewer vouchers, and never exceed credit", async () => {
  const pair = await pairOf();
  const { gateway, consumer } = pair;
  gateway.credit = 20_000n;
  const answers = await Promise.all(
    Array.from({ length: 64 }, async (_, i) => streamed(await consumer.ask(chat(`question ${i}`, { stream: true })))),
  );
  assert.deepEqual(
    answers.map(({ text }) => text),
    answers.map((_, i) => said(`question ${i}`)),
  );
  await consumer.close();
  assert.equal(gateway.channel.paid.nonce, 64n);
  assert.equal(gateway.calls, 64);
});

test("equal requests are two requests; a retry is not", async () => {
  const { gateway, consumer } = await pairOf();
  await (await consumer.ask(chat("twice"))).text();
  await (await consumer.ask(chat("twice"))).text();
  assert.equal(gateway.calls, 2);
  // The application never reads this one, and asks again.
  const lost = await consumer.ask(chat("lost"));
  await lost.body?.cancel();
  const again = await consumer.ask(chat("lost", {}, { retryCount: 1 }));
  assert.equal(await contentOf(again), said("lost"));
  assert.equal(gateway.calls, 3);
  // Delivered, once its bytes have left: the same body with a count is another request.
  await sleep(500);
  await (await consumer.ask(chat("lost", {}, { retryCount: 1 }))).text();
  assert.equal(gateway.calls, 4);
  await consumer.close();
  assert.equal(gateway.channel.paid.nonce, 4n);
});

test("a retry after a restart has its answer from the book, or from the sealed text once the provider has dropped it", async () => {
  const book = new MemoryBook();
  const first = await pairOf({ book });
  const { gateway } = first;
  const lost = await first.consumer.ask(chat("whole"));
  await lost.body?.cancel();
  await (await first.consumer.ask(chat("kept", { stream: true }))).body?.cancel();
  await first.consumer.close();
  gateway.faults.status = 409; // Nothing is asked of the provider for what is in the book.
  const second = await pairOf({ book, gateway });
  const whole = await second.consumer.ask(chat("whole", {}, { retryCount: 1 }));
  assert.equal(await contentOf(whole), said("whole"));
  const none = await second.consumer.ask(chat("kept", { stream: true }, { retryCount: 1 }));
  assert.equal(none.status, 502, "its stream was cut before anything was sealed");
  gateway.sealPartial("You said");
  await sleep(200);
  const partial = await streamed(await second.consumer.ask(chat("kept", { stream: true }, { retryCount: 1 })));
  assert.deepEqual([partial.text, partial.isDone], ["You said", true]);
  await second.consumer.close();
  assert.equal(gateway.channel.paid.nonce, 2n);
});

test("an Idempotency-Key finds its answer, and one under way is refused", async () => {
  const { gateway, consumer } = await pairOf();
  gateway.pause = 20;
  const first = await consumer.ask(chat("key", { stream: true }, { idempotencyKey: "k" }));
  const second = await consumer.ask(chat("key", { stream: true }, { idempotencyKey: "k" }));
  assert.equal(second.status, 409);
  assert.equal((await errorOf(second)).code, "consumer/underWay");
  await first.body?.cancel();
  const third = await streamed(await consumer.ask(chat("key", { stream: true }, { idempotencyKey: "k" })));
  assert.equal(third.text, said("key"));
  assert.equal(gateway.calls, 1);
  await consumer.close();
});

test("a stream that breaks goes on where it was, under the same ceiling", async () => {
  const { gateway, consumer } = await pairOf();
  gateway.faults.breaks = (nth) => (nth < 2 ? 3 + nth : undefined);
  const { text, isDone } = await streamed(await consumer.ask(chat("broken lines", { stream: true })));
  assert.deepEqual([text, isDone], [said("broken lines"), true]);
  assert.equal(gateway.calls, 1);
  await consumer.close();
  assert.equal(gateway.channel.paid.nonce, 1n);
});

test("a stream that never ends whole ends in an error line and a reset, and its fate is asked", async () => {
  const { gateway, consumer } = await pairOf();
  gateway.faults.breaks = () => 2;
  const { isDone, raw } = await streamed(await consumer.ask(chat("never", { stream: true })));
  assert.equal(isDone, false);
  assert.match(raw, /data: \{"error":/);
  await sleep(250);
  assert.equal(consumer.sums.open, 1, "it still runs");
  // After ten seconds the provider seals what was sent, and the consumer learns it.
  gateway.sealPartial("You said ");
  await sleep(400);
  assert.deepEqual([consumer.sums.open, gateway.channel.unpaid], [0, 0n]);
  await consumer.close();
});

test("a network that fails is asked again with the same ceiling", async () => {
  const { gateway, consumer } = await pairOf();
  gateway.faults.unreachable = (nth) => nth === 0;
  assert.equal(await contentOf(await consumer.ask(chat("x"))), said("x"));
  assert.equal(gateway.calls, 1);
  await consumer.close();
});

test("an upstream's failure is void, costs nothing, and is told in OpenAI's shape", async () => {
  const { gateway, consumer } = await pairOf();
  gateway.faults.upstream = true;
  const answer = await consumer.ask(chat("x"));
  assert.equal(answer.status, 502);
  assert.equal(answer.headers.get("x-should-retry"), "true");
  assert.equal((await errorOf(answer)).code, "upstream");
  assert.deepEqual(consumer.sums, { deposit: 10_000_000n, signed: 0n, exposure: 0n, open: 0 });
  await consumer.close();
});

test("a gateway that does not know the voucher gets it along", async () => {
  const { gateway, consumer } = await pairOf();
  await (await consumer.ask(chat("one"))).text();
  await sleep(20);
  const digest = voucherDigest(gateway.channel.voucher!.voucher!);
  assert.equal(digest.length, 32);
  await (await consumer.ask(chat("two"))).text();
  await consumer.close();
  assert.equal(gateway.channel.paid.nonce, 2n);
});

test("caps: of a request, of a day, of a version, and the deposit", async () => {
  const { consumer } = await pairOf({ policy: { ...policy, requestMax: 50n } });
  const dear = await consumer.ask(chat("x"));
  assert.equal(dear.status, 402);
  assert.deepEqual((await errorOf(dear)).code, "consumer/overCap");
  const budget = new Budget({ day: 1_500n, versions: new Map([[8n, 1_200n]]) });
  const capped = await pairOf({ budget });
  assert.equal((await capped.consumer.ask(chat("x"))).status, 200);
  const second = await errorOf(await capped.consumer.ask(chat("y")));
  assert.match(second.message, /version 8 a day/);
  const poor = await pairOf({ deposit: 500n });
  assert.equal((await errorOf(await poor.consumer.ask(chat("x")))).code, "consumer/noDeposit");
  for (const each of [consumer, capped.consumer, poor.consumer]) await each.close();
});

test("what an application sends wrong is told by field, and nothing is asked", async () => {
  const { gateway, consumer } = await pairOf();
  const table: readonly (readonly [string, string, string])[] = [
    ["not JSON", "{", "exchange/notJson"],
    ["no model", "{}", "exchange/wrongValue"],
    ["no messages", '{"model":"m","messages":[]}', "exchange/wrongValue"],
    ["two answers", '{"model":"m","n":2,"messages":[{"role":"user","content":"x"}]}', "exchange/notServed"],
  ];
  for (const [what, body, code] of table) {
    const answer = await consumer.ask({ ...chat("x"), body: new TextEncoder().encode(body) });
    const error = await errorOf(answer);
    assert.deepEqual([what, answer.status < 500, error.code], [what, true, code]);
  }
  const answer = await consumer.ask({ ...chat("x"), path: "/v1/files" });
  assert.equal(answer.status, 404);
  assert.equal(gateway.requests, 0);
  await consumer.close();
});

test("killed between any two writes of its book, it loses, doubles and leaves unpaid nothing", async () => {
  for (let kill = 0; kill < 16; kill++) {
    const first = new MemoryBook();
    let writes = 0;
    const dying = Object.assign(Object.create(first) as MemoryBook, {
      append: (rows: Parameters<MemoryBook["append"]>[0]) =>
        writes++ < kill ? first.append(rows) : Promise.reject(new TypeError("the disk is gone")),
      load: () => first.load(),
    });
    const { gateway, consumer } = await pairOf({ book: dying });
    const asked = ["a", "b", "c"].map((text) => chat(text, { stream: true }));
    await Promise.allSettled(asked.map(async (ask) => streamed(await consumer.ask(ask))));
    await consumer.close().catch(() => undefined);
    const restarted = await pairOf({ gateway, book: first });
    const retried = await Promise.all(
      ["a", "b", "c"].map(async (text) => {
        const answer = await restarted.consumer.ask(chat(text, { stream: true }, { retryCount: 1 }));
        return (await streamed(answer)).text;
      }),
    );
    assert.deepEqual(retried, ["a", "b", "c"].map(said), `kill ${kill}`);
    await restarted.consumer.close();
    const { open, unsigned, refused } = await first.load();
    assert.deepEqual([open.length, refused], [0, undefined], `kill ${kill}`);
    assert.equal(gateway.channel.unpaid, 0n, `kill ${kill}`);
    assert.ok(unsigned.length <= 6);
    assert.equal(gateway.channel.paid.nonce, BigInt(gateway.rows.length), `kill ${kill}`);
    assert.ok(new ProviderChannel(terms).paid.nonce === 0n);
  }
});
