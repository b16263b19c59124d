import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Program } from "#cli/demo/network/program.js";
import { signingAs } from "#cli/demo/story/steps/serve.js";
import { nodeUrl } from "#cli/client.js";
import { client, httpTransport } from "#proto/client/index.js";
import type { ModelChain } from "#test/gateway/chain.js";
import { percentile, type Bench } from "../suite.js";
import { openPayer } from "./payer.js";
import { proof } from "./proof.js";

const STUB = new URL("stub.js", import.meta.url).pathname;
const READY_MS = 60_000;
const STREAMS = 64;
const WORDS = 24;
const NAME = "union-ngram";

type Ask = (path: string, body: string) => Promise<Response>;

interface Times {
  readonly first: number;
  readonly last: number;
}

/** One streamed answer: until its first byte of text, and until its end. */
async function answer(ask: Ask, number: number): Promise<Times> {
  const body = JSON.stringify({
    ...{ model: NAME, stream: true, max_tokens: 32 },
    messages: [{ role: "user", content: `question ${number} of a bench that asks for the state of the Union` }],
  });
  const started = performance.now();
  const response = await ask("/chat/completions", body);
  if (!response.ok || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
  let first = 0;
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
    if (first === 0 && piece.length > 0) first = performance.now() - started;
  }
  return { first, last: performance.now() - started };
}

/** What the gateway adds to an answer of a server that answers at once; how many answers a second; what a receipt needs on disk. */
export async function latency(bench: Bench, { story, market, rpc, root }: ModelChain & { readonly root: string }) {
  const log = join(root, "stub.log");
  const words = market.accepted[0]!.prepared.text.split(/\s+/).slice(0, WORDS).join(" ");
  const stub = new Program("stub", [STUB, words], log);
  stub.start();
  const [, upstream = ""] = await stub.said(/answers at (\S+)/, READY_MS);
  const home = join(root, "bench-gateway");
  const gateway = story.run("bench-gateway", [
    ...["gateway", "--home", home, "--upstream", upstream, "--listen", "127.0.0.1:0", "--parallel", "256"],
    ...["--model", `${NAME}=${market.published.versionId}`, "--credit", "1000trib", "--redeem-amount", "100000trib"],
    ...signingAs(story, "bob"),
  ]);
  const [, origin = ""] = await gateway.said(/(http:\/\/127\.0\.0\.1:\d+)/, READY_MS);
  const provider = story.cast("bob").address;
  const place = { provider, versionId: market.published.versionId, url: origin };
  const node = client(httpTransport(nodeUrl(rpc), fetch));
  const payer = await openPayer(node, story.cast("grace").key.secretKey, place);
  const headers = { "content-type": "application/json" };
  const direct: Ask = (path, body) => fetch(`${upstream}${path}`, { method: "POST", headers, body });
  try {
    const samples = bench.quick ? 50 : 300;
    await answer(payer.ask, 0); // It opens the channel.
    const [alone, paid]: [Times[], Times[]] = [[], []];
    for (let i = 1; i <= samples; i++) {
      alone.push(await answer(direct, i));
      paid.push(await answer(payer.ask, i));
    }
    for (const part of ["first", "last"] as const) {
      const of = (times: readonly Times[], share: number): number =>
        percentile(
          times.map((one) => one[part]),
          share,
        );
      for (const [label, share] of [
        ["p50", 0.5],
        ["p99", 0.99],
      ] as const) {
        const [value, baseline] = [of(paid, share) - of(alone, share), of(alone, share)];
        bench.result({ name: named(bench, `added_${part}_byte_ms_${label}`), value, unit: "ms", baseline });
      }
    }
    await rate(bench, payer.ask, samples);
    await payer.close();
    await proof(bench, story);
    const receipts = await receiptsOf(origin, story.cast("grace").address);
    bench.result({
      name: named(bench, "book_bytes_per_receipt"),
      value: sizeOf(home) / receipts,
      unit: "bytes",
    });
  } finally {
    await gateway.stop(15_000);
    await stub.stop(1_000);
  }
}

async function rate(bench: Bench, ask: Ask, from: number): Promise<void> {
  const seconds = bench.quick ? 4 : 20;
  const started = performance.now();
  let [next, done] = [from + 1, 0];
  const lane = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1_000) {
      await answer(ask, next++);
      done++;
    }
  };
  await Promise.all(Array.from({ length: STREAMS }, lane));
  const value = (done * 1_000) / (performance.now() - started);
  bench.result({ name: named(bench, "requests_per_s"), value, unit: "1/s" });
}

async function receiptsOf(origin: string, payer: string): Promise<number> {
  const response = await fetch(`${origin}/x402/terms?model=${NAME}&payer=${payer}`);
  type Terms = { accepts: { extra: { channel?: { voucher?: string } } }[] };
  const { accepts } = (await response.json()) as Terms;
  const { readSignedVoucher } = await import("#proto/exchange/x402.js");
  const row = readSignedVoucher((accepts[0]?.extra.channel ?? {}) as never);
  return row !== undefined && "voucher" in row ? Number(row.voucher?.nonce ?? 0n) : NaN;
}

function sizeOf(folder: string): number {
  let size = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) size += statSync(join(entry.parentPath, entry.name)).size;
  }
  return size;
}

const named = (bench: Bench, of: string): string => (bench.quick ? `${of}_quick` : of);
