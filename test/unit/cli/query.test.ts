import assert from "node:assert/strict";
import { test } from "node:test";
import { QueryDelegatorDelegationsResponse, QueryValidatorsResponse } from "cosmjs-types/cosmos/staking/v1beta1/query";
import { toBech32 } from "#proto/crypto/address.js";
import { EXIT } from "#cli/exit.js";
import { fakeNode } from "./fake-node.js";
import { tribd } from "./harness.js";

const HASH = "ab".repeat(32);

/** What `query block` asks the node for. */
async function blockAsked(...argv: string[]): Promise<unknown> {
  const asked: unknown[] = [];
  const fetch = (async (_url: unknown, init?: { body?: unknown }) => {
    const { id, method, params } = JSON.parse(String(init?.body)) as { id: number; method: string; params: unknown };
    asked.push([method, params]);
    return new Response(JSON.stringify({ jsonrpc: "2.0", id, result: { block: "this one" } }));
  }) as typeof globalThis.fetch;
  const { code, stdout, stderr } = await tribd(["q", "block", ...argv], { fetch });
  if (code !== EXIT.ok) {
    assert.deepEqual(asked, [], "asked in spite of a mistake");
    return [code, stderr];
  }
  assert.match(stdout, /this one/);
  assert.equal(asked.length, 1);
  return asked[0];
}

test("q block: by height, by hash with --type hash or --hash, else the latest", async () => {
  const byHash = await blockAsked("--type", "hash", HASH);
  assert.deepEqual((byHash as unknown[])[0], "block_by_hash");
  assert.deepEqual(await blockAsked("--type=hash", `0x${HASH.toUpperCase()}`), byHash);
  assert.deepEqual(await blockAsked("--hash", HASH), byHash);
  const byHeight = await blockAsked("42");
  assert.deepEqual((byHeight as unknown[])[0], "block");
  assert.match(JSON.stringify(byHeight), /"height":"42"/);
  assert.deepEqual(await blockAsked("--type", "height", "42"), byHeight);
  const latest = await blockAsked();
  assert.doesNotMatch(JSON.stringify(latest), /height/);
  assert.deepEqual(await blockAsked("--type", "hash"), latest);
});

test("q block: a mistake is named before the node is asked", async () => {
  for (const [argv, words] of [
    [["--type", "hash", "42"], /"42" is not a hash/],
    [[HASH], /is not a whole number/],
    [["--type", "number", "42"], /"number" is not one of height, hash/],
  ] as const) {
    const [code, stderr] = (await blockAsked(...argv)) as [number, string];
    assert.equal(code, EXIT.usage, argv.join(" "));
    assert.match(stderr, words);
  }
});

const operator = (n: number): string => toBech32("tribvaloper", new Uint8Array(20).fill(n));
const account = toBech32("trib", new Uint8Array(20).fill(1));

function stakingNode() {
  const delegation = (n: number, amount: string) => ({
    delegation: { delegatorAddress: account, validatorAddress: operator(n), shares: amount },
    balance: { denom: "utrib", amount },
  });
  const delegations = QueryDelegatorDelegationsResponse.fromPartial({
    delegationResponses: [delegation(7, "5000000"), delegation(8, "12")],
  });
  const validators = QueryValidatorsResponse.fromPartial({
    validators: [
      { operatorAddress: operator(7), description: { moniker: "one" }, status: 3, tokens: "5000000" },
      { operatorAddress: operator(8), description: { moniker: "two" }, status: 1, tokens: "12", jailed: true },
    ],
  });
  return fakeNode({
    queries: {
      "/cosmos.staking.v1beta1.Query/DelegatorDelegations": () =>
        QueryDelegatorDelegationsResponse.encode(delegations).finish(),
      "/cosmos.staking.v1beta1.Query/Validators": () => QueryValidatorsResponse.encode(validators).finish(),
    },
  });
}

test("delegations are a table of validators and coins, and the whole answer with -o json", async () => {
  const { fetch } = stakingNode();
  const table = await tribd(["q", "staking", "delegations", account], { fetch });
  assert.equal(table.code, EXIT.ok, table.stderr);
  assert.equal(
    table.stdout,
    [
      `${"VALIDATOR".padEnd(operator(7).length)}        BONDED`,
      `${operator(7)}  5000000utrib`,
      `${operator(8)}       12utrib`,
      "",
    ].join("\n"),
  );
  const json = await tribd(["q", "staking", "delegations", account, "-o", "json"], { fetch });
  const { delegation_responses: rows } = JSON.parse(json.stdout) as { delegation_responses: { balance: unknown }[] };
  assert.deepEqual(
    rows.map(({ balance }) => balance),
    [
      { denom: "utrib", amount: "5000000" },
      { denom: "utrib", amount: "12" },
    ],
  );
});

test("validators are a table of names, states and coins", async () => {
  const { code, stdout, stderr } = await tribd(["q", "staking", "validators"], { fetch: stakingNode().fetch });
  assert.equal(code, EXIT.ok, stderr);
  const rows = stdout.trimEnd().split("\n");
  assert.deepEqual(
    rows.map((row) => row.split(/ {2,}/)),
    [
      ["OPERATOR", "MONIKER", "STATUS", "JAILED", "TOKENS"],
      [operator(7), "one", "bonded", "no", "5000000"],
      [operator(8), "two", "unbonded", "yes", "12"],
    ],
  );
});
