import assert from "node:assert/strict";
import { test } from "node:test";
import { useNatives } from "#node/runtime/natives.js";
import { runExchange, type ExchangePlan } from "#test/exchange/run.js";

useNatives();

const RUNS = Number(process.env["TRIBUTARY_RUNS"] ?? "12");
const SEED = BigInt(process.env["TRIBUTARY_SEED"] ?? "1");

test("both programs keep their promises, killed at any instant, over a network that loses and doubles", (t) => {
  const sums = { requests: 0, kills: 0, receipts: 0 };
  for (let i = 0; i < RUNS; i++) {
    const run = runExchange({ seed: SEED + BigInt(i), requests: 40, kills: 1 + 3 * (i % 8) });
    assert.deepEqual(run.failed, [], `seed ${SEED + BigInt(i)}`);
    sums.requests += run.requests;
    sums.kills += run.kills;
    sums.receipts += run.receipts;
  }
  t.diagnostic(JSON.stringify(sums));
  assert.ok(sums.kills > RUNS && sums.receipts > 10 * RUNS, "something happened");
});

const breaks: readonly (readonly [NonNullable<ExchangePlan["broken"]>, RegExp])[] = [
  ["sent-before-written", /lost|twice|nonce|refused|contradicts|nobody|stuck/],
  ["void-untold", /void ceiling|refused|stuck|lost/],
  ["asked-before-written", /lost|nonce|sum|stuck/],
];

for (const [broken, expected] of breaks) {
  test(`a program is found out that breaks the order: ${broken}`, () => {
    const found = new Set<string>();
    for (let seed = 1n; seed <= 60n && found.size === 0; seed++) {
      for (const one of runExchange({ seed, requests: 40, kills: 20, broken }).failed) found.add(one);
    }
    assert.match([...found].join(", "), expected);
  });
}
