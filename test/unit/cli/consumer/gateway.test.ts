import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Budget, Consumer, MemoryBook, type ChannelHead } from "#proto/client/consumer/index.js";
import { platform } from "#proto/client/x402/index.js";
import { chat, policy, streamed } from "#test/fixtures/consumer-parts.js";
import { TestConsumer, TestGateway, type GatewayOptions } from "#test/fixtures/gateway-parts.js";
import { WORDS, type Behaviour } from "#test/fixtures/upstream-server.js";

const ANSWER = WORDS.join("");

interface Pair {
  readonly gateway: TestGateway;
  readonly book: MemoryBook;
  /** Another program over the same book. */
  start(gateway?: TestGateway): Promise<Consumer>;
  /** Receipts that the gateway has, and how many of them are paid. */
  receipts(): readonly [all: bigint, paid: bigint];
}

/** The real gateway over a chain in memory, and consumers of one channel to it. */
async function withPair(options: GatewayOptions, use: (pair: Pair) => Promise<void>): Promise<void> {
  const gateway = await TestGateway.open(options);
  const { record, chain, address, secretKey } = new TestConsumer(gateway);
  const book = new MemoryBook();
  const bookId = new Uint8Array(randomBytes(16));
  const faults: unknown[] = [];
  const start = async (at = gateway): Promise<Consumer> => {
    const head: ChannelHead = { terms: record.terms, bookId, provider: chain.provider, url: at.url };
    return await Consumer.open({
      ...{ head, book, secretKey, address, deposit: chain.deposit, policy, ports: platform },
      budget: new Budget({ day: 1n << 60n, versions: new Map() }),
      facts: { height: () => Promise.resolve(100n) },
      onFault: (error) => faults.push(error),
    });
  };
  const receipts = (): readonly [bigint, bigint] => {
    const kept = gateway.channels.get(chain.id);
    return [kept?.record.nonce ?? 0n, kept?.record.paid.nonce ?? 0n];
  };
  try {
    await use({ gateway, book, start, receipts });
    assert.deepEqual([faults, gateway.troubles], [[], []]);
  } finally {
    await gateway.close();
  }
}

test("the gateway's answers are checked, handed over and paid, 16 at once", async () => {
  await withPair({ waitMs: 5_000 }, async ({ gateway, start, receipts }) => {
    const consumer = await start();
    const asked = Array.from({ length: 16 }, async (_, i) => {
      const answer = await consumer.ask(chat(`question ${i}`, { stream: i % 2 === 0 }));
      if (i % 2 === 0) return (await streamed(answer)).text;
      const whole = (await answer.json()) as { choices?: { message: { content: string } }[]; error?: unknown };
      return whole.choices?.[0]!.message.content ?? JSON.stringify(whole);
    });
    assert.deepEqual([...new Set(await Promise.all(asked))], [ANSWER]);
    await consumer.close();
    assert.deepEqual(receipts(), [16n, 16n]);
    assert.equal(gateway.upstream.asked.length, 16);
  });
});

/** Behaviours of a model's server, and whether an application has its answer; else nothing is owed, or what was sent. */
const TOLD: readonly (readonly [Behaviour, boolean])[] = [
  ["honest", true],
  ["calls", true],
  ["withoutDone", true],
  ["long", true],
  ["hangs", false],
  ["dies", false],
  ["notUtf8", false],
  ["notJson", false],
  ["empty", false],
  ["failed", false],
  ["otherShape", false],
  ["errorInStream", false],
];

test("whatever the model's server does, the application has an answer that is paid, or an error that costs nothing", async () => {
  await withPair({ waitMs: 150 }, async ({ gateway, start, receipts }) => {
    const consumer = await start();
    for (const [behaviour, hasAnswer] of TOLD) {
      for (const stream of hasAnswer ? [false, true] : [true]) {
        gateway.upstream.behaviour = behaviour;
        const before = receipts()[0];
        const answer = await consumer.ask(chat(behaviour, { stream }));
        const { raw, isDone } = await streamed(answer);
        const isAnswered = receipts()[0] > before;
        const what = `${behaviour}, ${stream ? "stream" : "whole"}: ${raw.slice(0, 200)}`;
        if (hasAnswer) assert.ok(isAnswered && answer.ok && (isDone || !stream), what);
        else if (!isAnswered) assert.match(raw, /"error":\{"message":/, what);
      }
    }
    await consumer.close();
    const [all, paid] = receipts();
    assert.equal(paid, all);
    assert.equal(consumer.sums.open, 0);
  });
});

test("an application that leaves is owed what was sent, and its retry costs nothing more", async () => {
  await withPair({}, async ({ gateway, start, receipts }) => {
    gateway.upstream.behaviour = "slow";
    const consumer = await start();
    const answer = await consumer.ask(chat("leaves", { stream: true }));
    const reader = answer.body!.getReader();
    await reader.read();
    await reader.cancel();
    const again = await streamed(await consumer.ask(chat("leaves", { stream: true }, { retryCount: 1 })));
    assert.equal(again.isDone, true);
    assert.ok(ANSWER.startsWith(again.text) && again.text !== "");
    await consumer.close();
    assert.deepEqual(receipts(), [1n, 1n]);
  });
});

test("the consumer's program is killed while answers run: the next one learns their fates and pays", async () => {
  await withPair({}, async ({ gateway, book, start, receipts }) => {
    gateway.upstream.behaviour = "slow";
    const killed = await start();
    const asked = await Promise.all([0, 1, 2, 3].map((i) => killed.ask(chat(`killed ${i}`, { stream: true }))));
    const readers = asked.map((answer) => answer.body!.getReader());
    await Promise.all(readers.map((reader) => reader.read()));
    assert.equal((await book.load()).open.length, 4);
    const next = await start(); // The first one does nothing more: nobody reads its answers.
    for (let left = 100; left > 0 && next.sums.open > 0; left--) await sleep(50);
    assert.equal(next.sums.open, 0);
    await next.close();
    assert.deepEqual(receipts(), [4n, 4n]);
    await Promise.all(readers.map((reader) => reader.cancel()));
    await killed.close(); // So that the test's process ends.
  });
});
