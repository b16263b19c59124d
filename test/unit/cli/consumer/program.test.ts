import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { emptyMessage } from "#proto/codec/message.js";
import { homeLayout } from "#node/config/home.js";
import { Life } from "#node/runtime/life.js";
import { answerOf, signAnswer } from "#proto/attribution/answer.js";
import { startConsumer, type Running } from "#cli/consumer/program.js";
import type { Settings } from "#cli/consumer/settings.js";
import { withBooks } from "#cli/consumer/access-book.js";
import { receiptsOf } from "#cli/consumer/view.js";
import { makeOut } from "#cli/output/out.js";
import type { World } from "#cli/world.js";
import { secrets, terms } from "#test/exchange/terms.js";
import { ChannelChain, freeGas } from "#test/fixtures/channel-chain.js";
import { names, policy } from "#test/fixtures/consumer-parts.js";
import { ExchangeGateway } from "#test/fixtures/exchange-gateway.js";
import { served } from "#test/fixtures/served-gateway.js";
import { withHome } from "../harness.js";

const said = (text: string): string => `You said ${text}. That is all.`;

function worldAt(home: string, said: string[]): World {
  const sink = { write: (text: string) => void said.push(text) };
  const system = {
    ...{ environment: {}, stdout: sink, stderr: sink, fetch: globalThis.fetch, now: () => Date.now() },
    sleep: async (milliseconds: number) => void (await sleep(milliseconds)),
    random: (bytes: number) => new Uint8Array(randomBytes(bytes)),
  };
  const out = makeOut(sink, sink, { format: "text", quiet: false, environment: {} });
  const chain = { prefix: "trib", denom: "utrib", displayDenom: "trib", displayExponent: 6 };
  return { system, home: homeLayout(home), out, terms: chain, yes: true, trace: false } as unknown as World;
}

const settings: Settings = {
  models: [
    { name: "m", versionId: terms.versionId, served: "m" },
    { name: "alias", versionId: terms.versionId, served: "m" },
  ],
  rules: { allowed: [], allowsPrivate: true },
  policy,
  caps: { day: 1n << 60n, versions: new Map() },
  deposits: { deposit: 1_000_000n, least: 10_000n },
};

interface Setting {
  readonly gateway: ExchangeGateway;
  readonly chain: ChannelChain;
  readonly home: string;
  readonly notes: string[];
  start(more?: Partial<Settings>): Promise<Running & { readonly openai: OpenAI; stop(): Promise<void> }>;
}

async function withSetting(use: (setting: Setting) => Promise<void>): Promise<void> {
  await withHome(async (home) => {
    const gateway = new ExchangeGateway(terms, names.provider, secrets.provider);
    const chain = new ChannelChain(terms);
    const listed = { ...emptyMessage("tributary.usage.v1.ListedProvider"), provider: names.provider, valid: true };
    chain.providers = [{ ...listed, url: `${await served(gateway)}/v1` }];
    const notes: string[] = [];
    await use({
      ...{ gateway, chain, home, notes },
      async start(more = {}) {
        const life = new Life();
        const parts = {
          ...{ node: chain.client, secretKey: secrets.consumer, listen: "127.0.0.1:0", gasPrice: freeGas },
          settings: { ...settings, ...more },
        };
        const stop = async (): Promise<void> => assert.deepEqual(await life.close(), []);
        try {
          const running = await startConsumer(parts, life, worldAt(home, notes));
          const openai = new OpenAI({ apiKey: running.apiKey, baseURL: running.url, maxRetries: 0 });
          return { ...running, openai, stop };
        } catch (error) {
          await life.close();
          throw error;
        }
      },
    });
  });
}

const ask = (content: string, model = "m") => ({ model, messages: [{ role: "user" as const, content }] });

test("an unmodified openai client asks, plain and streaming, by any allowed name, and everything is in the book", async () => {
  await withSetting(async ({ gateway, chain, home, notes, start }) => {
    const { openai, stop, url, apiKey } = await start();
    assert.deepEqual(
      (await openai.models.list()).data.map(({ id }) => id),
      ["m", "alias"],
    );
    assert.equal((await openai.models.retrieve("alias")).id, "alias");
    assert.equal((await openai.chat.completions.create(ask("hello"))).choices[0]!.message.content, said("hello"));
    assert.equal((await openai.chat.completions.create(ask("named", "alias"))).model, "m");
    let text = "";
    for await (const chunk of await openai.chat.completions.create({ ...ask("stream"), stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
    }
    assert.equal(text, said("stream"));
    const status = await fetch(url.replace("/v1", "/consumer/status"), {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    const { channels, spent_today } = (await status.json()) as {
      channels: { state: string; signed: string }[];
      spent_today: string;
    };
    assert.equal(channels[0]!.state, "open");
    assert.ok(BigInt(spent_today) > 300n);
    await stop();
    assert.equal(gateway.channel.paid.nonce, 3n);
    assert.deepEqual(chain.messages, ["MsgOpenChannel"]);
    assert.match(notes.join(""), /channel 3 to trib1provider for version 8/);
    assert.equal(statSync(join(home, "consumer/api-key")).mode & 0o777, 0o600);
    const receipts = await withBooks(worldAt(home, []), (books) => receiptsOf(books, 2));
    assert.deepEqual(
      receipts.map(({ asked, answer }) => [asked, answer]),
      [
        ["stream", said("stream")],
        ["named", said("named")],
      ],
    );
  });
});

test("a program that starts again goes on with the same channel, and a retry costs nothing", async () => {
  await withSetting(async ({ gateway, chain, start }) => {
    const first = await start();
    await first.openai.chat.completions.create(ask("one"));
    gateway.pause = 30;
    const stream = await first.openai.chat.completions.create({ ...ask("cut off"), stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content === "said ") break;
    stream.controller.abort();
    await first.stop();
    gateway.pause = 0;
    const second = await start();
    const headers = { "X-Stainless-Retry-Count": "1" };
    let text = "";
    for await (const chunk of await second.openai.chat.completions.create(
      { ...ask("cut off"), stream: true },
      { headers },
    )) {
      text += chunk.choices[0]?.delta.content ?? "";
    }
    assert.equal(text, said("cut off"));
    await second.stop();
    assert.equal(gateway.calls, 2);
    assert.equal(gateway.channel.paid.nonce, 2n);
    assert.deepEqual(chain.messages, ["MsgOpenChannel"]);
  });
});

test("two programs on one book: the second is refused", async () => {
  await withSetting(async ({ home, start }) => {
    const first = await start();
    const level = new URL("../../../../node/storage/database/level.js", import.meta.url).href;
    const code = `import { openLevel } from "${level}"; await openLevel(${JSON.stringify(join(home, "consumer/book"))});`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /another process has it open; stop that one first/);
    await first.stop();
  });
});

test("web pages are refused: foreign Host, any Origin, no key", async () => {
  await withSetting(async ({ gateway, start }) => {
    const { url, apiKey, stop } = await start();
    const { port } = new URL(url);
    const post = (headers: Record<string, string>): Promise<{ status: number; code: string }> =>
      new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, method: "POST", path: "/v1/chat/completions", headers };
        const request = httpRequest(options, (answer) => {
          let body = "";
          answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
          answer.on("end", () => {
            const { error } = JSON.parse(body) as { error: { code: string } };
            resolve({ status: answer.statusCode ?? 0, code: error.code });
          });
        });
        request.on("error", reject);
        request.end(JSON.stringify(ask("x")));
      });
    const key = { authorization: `Bearer ${apiKey}` };
    const table: readonly (readonly [Record<string, string>, number, string])[] = [
      [{ ...key, host: `evil.example:${port}` }, 403, "consumer/foreignHost"],
      [{ ...key, host: "127.0.0.1" }, 403, "consumer/foreignHost"],
      [{ ...key, origin: "https://evil.example" }, 403, "consumer/foreignOrigin"],
      [{ ...key, origin: `http://127.0.0.1:${port}` }, 403, "consumer/foreignOrigin"],
      [{ ...key, origin: "null" }, 403, "consumer/foreignOrigin"],
      [{}, 401, "consumer/wrongKey"],
      [{ authorization: `Bearer ${apiKey}x` }, 401, "consumer/wrongKey"],
      [{ authorization: apiKey }, 401, "consumer/wrongKey"],
    ];
    for (const [headers, status, code] of table) assert.deepEqual(await post(headers), { status, code });
    assert.equal(gateway.requests, 0);
    await stop();
  });
});

test("what an application does wrong is told in OpenAI's shape", async () => {
  await withSetting(async ({ gateway, start }) => {
    const { openai, url, apiKey, stop } = await start();
    await assert.rejects(openai.chat.completions.create(ask("x", "gpt-5")), /ask for one of: m, alias/);
    const authorization = `Bearer ${apiKey}`;
    const call = async (path: string, init: RequestInit): Promise<readonly [number, string]> => {
      const answer = await fetch(url.replace("/v1", path), { ...init, headers: { authorization } });
      return [answer.status, ((await answer.json()) as { error: { code: string } }).error.code];
    };
    assert.deepEqual(await call("/v1/chat/completions", { method: "POST", body: "{" }), [400, "exchange/notJson"]);
    assert.deepEqual(await call("/v1/chat/completions", { method: "GET" }), [405, "consumer/wrongMethod"]);
    assert.deepEqual(await call("/v1/files", { method: "POST", body: "x" }), [404, "consumer/unknownPath"]);
    assert.deepEqual(await call("/v1/models/none", {}), [404, "consumer/notOffered"]);
    assert.deepEqual(await call("/v1/embeddings", { method: "POST", body: new Uint8Array(33 * 1024 * 1024) }), [
      413,
      "consumer/bodyTooLarge",
    ]);
    assert.equal(gateway.requests, 0);
    await stop();
  });
});

test("nobody serves the version, the node is gone, the coins are gone: each says what to do", async () => {
  await withSetting(async ({ chain, start }) => {
    const { openai, stop } = await start();
    const all = chain.providers;
    chain.isGone = true;
    await assert.rejects(openai.chat.completions.create(ask("x")), /503.*the node is gone/);
    chain.isGone = false;
    chain.refusal = "insufficient funds";
    await assert.rejects(openai.chat.completions.create(ask("x")), /402.*insufficient funds|500.*insufficient funds/);
    await stop();
    chain.providers = all.map((one) => ({ ...one, valid: false }));
    const next = await start();
    await assert.rejects(next.openai.chat.completions.create(ask("x")), /tribd query usage providers 8/);
    await next.stop();
    chain.providers = all;
    const strict = await start({ rules: { allowed: ["trib1other"], allowsPrivate: true } });
    await assert.rejects(strict.openai.chat.completions.create(ask("x")), /no provider of version 8 may be asked/);
    await strict.stop();
    const careful = await start({ rules: { allowed: [], allowsPrivate: false } });
    await assert.rejects(careful.openai.chat.completions.create(ask("x")), /no provider of version 8 may be asked/);
    await careful.stop();
  });
});

test("an answer that was not agreed: evidence is kept, the channel is closed, the provider is not asked again", async () => {
  await withSetting(async ({ gateway, chain, home, start }) => {
    const { openai, stop } = await start();
    gateway.faults.seal = (row) => {
      const receipt = { ...row.sealed!.receipt!, fee: row.sealed!.receipt!.fee + 1n };
      return {
        ...row.sealed!,
        receipt,
        signature: signAnswer(answerOf(row.asked!.ceiling!, receipt), secrets.provider),
      };
    };
    await assert.rejects(openai.chat.completions.create(ask("x")), /receipt\.fee/);
    for (let left = 100; left > 0 && !chain.messages.includes("MsgCloseChannel"); left--) await sleep(20);
    assert.deepEqual(chain.messages, ["MsgOpenChannel", "MsgCloseChannel"]);
    await assert.rejects(openai.chat.completions.create(ask("y")), /no provider of version 8 may be asked/);
    await stop();
    assert.equal(gateway.channel.paid.nonce, 0n);
    const refused = await withBooks(worldAt(home, []), (books) => Promise.resolve(books.refused(3n)));
    assert.deepEqual(
      refused.map(({ field }) => field),
      ["receipt.fee"],
    );
  });
});
