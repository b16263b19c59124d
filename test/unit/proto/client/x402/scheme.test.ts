import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { SchemeNetworkClient } from "@x402/core/types";
import { wrapFetchWithPayment, x402Client } from "@x402/fetch";
import OpenAI from "openai";
import { PaymentFault, platform, TributaryScheme } from "#proto/client/x402/index.js";
import { secrets, terms } from "#test/exchange/terms.js";
import { ChannelChain, freeGas } from "#test/fixtures/channel-chain.js";
import { ExchangeGateway } from "#test/fixtures/exchange-gateway.js";
import { served } from "#test/fixtures/served-gateway.js";
import { names } from "#test/fixtures/consumer-parts.js";

const said = (text: string): string => `You said ${text}. That is all.`;
interface Setting {
  readonly gateway: ExchangeGateway;
  readonly chain: ChannelChain;
  readonly scheme: TributaryScheme;
  readonly client: x402Client;
  readonly openai: OpenAI;
  readonly notes: string[];
}

async function setting(options: { readonly deposit?: bigint } = {}): Promise<Setting> {
  const gateway = new ExchangeGateway(terms, names.provider, secrets.provider);
  const chain = new ChannelChain(terms);
  const notes: string[] = [];
  const scheme = new TributaryScheme({
    ...{ secretKey: secrets.consumer, node: chain.client, gasPrice: freeGas },
    deposits: { deposit: options.deposit ?? 100_000n, least: 10_000n },
    onNote: (text) => notes.push(text),
  });
  const client = new x402Client().register("cosmos:*", scheme);
  const url = await served(gateway);
  const openai = new OpenAI({
    ...{ apiKey: "none", baseURL: `${url}/v1`, maxRetries: 2 },
    fetch: wrapFetchWithPayment(scheme.fetch, client),
  });
  return { gateway, chain, scheme, client, openai, notes };
}

const ask = (content: string) => ({ model: "m", messages: [{ role: "user" as const, content }] });

test("the scheme is one of @x402/core", () => {
  const scheme: SchemeNetworkClient = new TributaryScheme({
    secretKey: secrets.consumer,
    node: new ChannelChain(terms).client,
  });
  assert.equal(scheme.scheme, "batch-settlement");
  assert.deepEqual(scheme.findDefaultAsset?.("utrib", "cosmos:tributary-1"), {
    asset: "utrib",
    decimals: 6,
    symbol: "TRIB",
  });
  assert.equal(scheme.findDefaultAsset?.("utrib", "eip155:1"), undefined);
});

test("unmodified openai and @x402/fetch: plain, streaming, embeddings; one channel, and the tab is paid", async () => {
  const { gateway, chain, scheme, openai, notes } = await setting();
  const plain = await openai.chat.completions.create(ask("hello"));
  assert.equal(plain.choices[0]!.message.content, said("hello"));
  let text = "";
  for await (const chunk of await openai.chat.completions.create({ ...ask("again"), stream: true })) {
    text += chunk.choices[0]?.delta.content ?? "";
  }
  assert.equal(text, said("again"));
  const { data } = await openai.embeddings.create({ model: "m", input: "to a vector", encoding_format: "float" });
  assert.equal(data.length, 1);
  await scheme.close({ channels: true });
  assert.equal(gateway.channel.paid.nonce, 3n);
  assert.equal(gateway.channel.unpaid, 0n);
  assert.deepEqual(chain.messages, ["MsgOpenChannel", "MsgCloseChannel"]);
  assert.match(notes[0]!, /channel 3 to trib1provider/);
});

test("a connection that dies is asked again without another call of the model", async () => {
  const { gateway, scheme, openai } = await setting();
  gateway.faults.breaks = (nth) => (nth === 0 ? 3 : undefined);
  let text = "";
  for await (const chunk of await openai.chat.completions.create({ ...ask("x"), stream: true })) {
    text += chunk.choices[0]?.delta.content ?? "";
  }
  assert.equal(text, said("x"));
  assert.equal(gateway.calls, 1);
  await scheme.close();
});

test("a small channel gets additions, and 32 requests at once are paid once each", async () => {
  const { gateway, chain, scheme, openai } = await setting({ deposit: 20_000n });
  gateway.deposit = 1n << 40n;
  const answers = await Promise.all(Array.from({ length: 32 }, (_, i) => openai.chat.completions.create(ask(`q${i}`))));
  assert.equal(answers.length, 32);
  await scheme.close();
  assert.equal(gateway.calls, 32);
  assert.equal(gateway.channel.paid.nonce, 32n);
  assert.equal(chain.messages.filter((name) => name === "MsgOpenChannel").length, 1);
});

test("spend controls of the application hold", async () => {
  const { gateway, scheme, client } = await setting();
  client.setSpendControls({ maxAmountPerPayment: "$0.000001" });
  const pay = wrapFetchWithPayment(scheme.fetch, client);
  const url = await served(gateway);
  const request = { method: "POST", body: JSON.stringify(ask("x")), headers: { "content-type": "application/json" } };
  await assert.rejects(pay(`${url}/v1/chat/completions`, request), /payment/i);
  assert.equal(gateway.calls, 0);
});

test("without the scheme's own fetch no payment is made, and the error says what to do", async () => {
  const { gateway, client } = await setting();
  const pay = wrapFetchWithPayment(fetch, client);
  const url = await served(gateway);
  const request = { method: "POST", body: JSON.stringify(ask("x")), headers: { "content-type": "application/json" } };
  await assert.rejects(pay(`${url}/v1/chat/completions`, request), /wrapFetchWithPayment\(scheme\.fetch, client\)/);
  assert.equal(gateway.calls, 0);
});

test("a gateway of another chain, or of a version that is not usable, is not paid", async () => {
  const other = await setting();
  other.gateway.faults.terms = (offer) => ({ ...offer, chainId: "other-1" });
  await assert.rejects(other.openai.chat.completions.create(ask("x")), /tributary-test-1/);
  const revoked = await setting();
  revoked.chain.stage = 5;
  await assert.rejects(revoked.openai.chat.completions.create(ask("x")), /in staging or production/);
  assert.equal(other.gateway.calls + revoked.gateway.calls, 0);
});

test("a channel whose opening was not seen is adopted, not opened twice", async () => {
  const { chain, scheme, openai } = await setting();
  chain.losesAnswer = true;
  const answer = await openai.chat.completions.create(ask("x"));
  assert.equal(answer.choices[0]!.message.content, said("x"));
  assert.deepEqual(chain.messages, ["MsgOpenChannel"]);
  await scheme.close();
});

test("an account without coins is told so", async () => {
  const { chain, openai } = await setting();
  chain.refusal = "insufficient funds";
  await assert.rejects(openai.chat.completions.create(ask("x")), /insufficient funds/);
});

test("platform: sleep ends with its signal", async () => {
  const controller = new AbortController();
  const slept = platform.sleep(60_000, controller.signal);
  controller.abort();
  await slept;
  await platform.sleep(60_000, controller.signal);
  await sleep(1);
  assert.equal(platform.random(16).length, 16);
  assert.ok(platform.now() > 0);
  assert.ok(new PaymentFault("x") instanceof Error);
});
