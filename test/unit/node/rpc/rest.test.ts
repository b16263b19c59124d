import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { startRpc, type RpcServer } from "#node/rpc/index.js";
import { address, CHAIN_ID, FixtureChain, sendTx } from "./fixture-chain.js";

let chain: FixtureChain;
let server: RpcServer;

before(async () => {
  chain = await FixtureChain.of([[{ from: "alice", to: "bob", amount: 5n, memo: "hello" }], []]);
  const deps = chain.deps();
  const simulated = Buffer.from("0a0b08ffffffffffffffffff01", "hex"); // gas_info.gas_wanted = 2^64-1
  const query: typeof deps.chain.query = (request) =>
    request.path === "/cosmos.tx.v1beta1.Service/Simulate"
      ? { code: 0, codespace: "", log: "", key: new Uint8Array(0), value: simulated, height: 2n, proofOps: [] }
      : deps.chain.query(request);
  server = await startRpc(
    { ...deps, chain: { ...deps.chain, query } },
    { host: "127.0.0.1", port: 0, corsOrigins: ["*"] },
  );
});
after(() => server.close());

type Any = Record<string, never>;
async function rest(path: string, init?: RequestInit): Promise<{ status: number; json: Any; height: string | null }> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init ?? {});
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  return {
    status: response.status,
    json: (await response.json()) as Any,
    height: response.headers.get("x-cosmos-block-height"),
  };
}
/** What stands at a path of keys. */
const at = (json: unknown, ...keys: (string | number)[]): unknown =>
  keys.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], json);

const BASE = "/cosmos/base/tendermint/v1beta1";

test("node_info names chain, program and SDK level; syncing", async () => {
  const { json } = await rest(`${BASE}/node_info`);
  assert.equal(at(json, "default_node_info", "network"), CHAIN_ID);
  assert.equal(at(json, "application_version", "app_name"), "tribd");
  assert.match(String(at(json, "application_version", "cosmos_sdk_version")), /^v0\.5\d/);
  assert.deepEqual((await rest(`${BASE}/syncing`)).json, { syncing: false });
});

test("blocks: latest, by height, with hashes in base64 and the proposer as valcons", async () => {
  const { json } = await rest(`${BASE}/blocks/latest`);
  assert.equal(at(json, "block", "header", "height"), "2");
  assert.equal(Buffer.from(String(at(json, "block_id", "hash")), "base64").length, 32);
  assert.equal(at(json, "block", "last_commit", "signatures", 3, "block_id_flag"), "BLOCK_ID_FLAG_ABSENT");
  assert.match(String(at(json, "sdk_block", "header", "proposer_address")), /^tribvalcons1/);
  assert.equal(at((await rest(`${BASE}/blocks/1`)).json, "block", "data", "txs", "length"), 1);
  for (const bad of ["0", "9", "-1", "x"]) assert.equal((await rest(`${BASE}/blocks/${bad}`)).status, 400);
});

test("validator sets by page", async () => {
  const { json } = await rest(`${BASE}/validatorsets/latest?pagination.limit=2&pagination.offset=1`);
  assert.equal(at(json, "validators", "length"), 2);
  assert.equal(at(json, "pagination", "total"), "4");
  assert.equal(at(json, "validators", 0, "pub_key", "@type"), "/cosmos.crypto.ed25519.PubKey");
});

test("account: an Any as its message, null key before the first signature, 404 when absent", async () => {
  const { json, height } = await rest(`/cosmos/auth/v1beta1/accounts/${address("alice")}`);
  assert.deepEqual(json, {
    account: {
      "@type": "/cosmos.auth.v1beta1.BaseAccount",
      address: address("alice"),
      pub_key: null,
      account_number: "3",
      sequence: "4",
    },
  });
  assert.equal(height, "2");
  const absent = await rest(`/cosmos/auth/v1beta1/accounts/${address("zoe")}`);
  assert.equal(absent.status, 404);
  assert.equal(at(absent.json, "code"), 5);
});

test("balances with pagination, at a height", async () => {
  const { json, height } = await rest(`/cosmos/bank/v1beta1/balances/${address("bob")}?pagination.limit=1000`, {
    headers: { "x-cosmos-block-height": "1" },
  });
  assert.deepEqual(json, { balances: [{ denom: "utrib", amount: "5" }], pagination: { next_key: null, total: "1" } });
  assert.equal(height, "1");
  const one = await rest(`/cosmos/bank/v1beta1/balances/${address("bob")}/by_denom?denom=utrib`);
  assert.deepEqual(one.json, { balance: { denom: "utrib", amount: "5" } });
  assert.equal(
    (await rest("/cosmos/bank/v1beta1/supply", { headers: { "x-cosmos-block-height": "1e3" } })).status,
    400,
  );
});

test("a transaction by hash, by search and by block, with its messages as JSON", async () => {
  const hash = await hashOf(1n);
  const { json } = await rest(`/cosmos/tx/v1beta1/txs/${hash}`);
  assert.equal(at(json, "tx_response", "txhash"), hash);
  assert.equal(at(json, "tx_response", "height"), "1");
  assert.equal(at(json, "tx_response", "tx", "@type"), "/cosmos.tx.v1beta1.Tx");
  assert.equal(at(json, "tx_response", "events", 2, "type"), "transfer");
  assert.deepEqual(at(json, "tx", "body", "messages", 0), {
    "@type": "/cosmos.bank.v1beta1.MsgSend",
    from_address: address("alice"),
    to_address: address("bob"),
    amount: [{ denom: "utrib", amount: "5" }],
  });
  assert.equal(at(json, "tx", "body", "memo"), "hello");
  assert.equal(at(json, "tx", "auth_info", "fee", "gas_limit"), "100000");
  const query = encodeURIComponent(`message.sender='${address("alice")}'`);
  for (const search of [
    `query=${query}&order_by=ORDER_BY_DESC`,
    `events=${query}&events=tx.height%3D1&pagination.limit=5`,
  ]) {
    const found = (await rest(`/cosmos/tx/v1beta1/txs?${search}`)).json;
    assert.equal(at(found, "tx_responses", 0, "txhash"), hash, search);
    assert.equal(at(found, "total"), "1");
  }
  assert.equal(at((await rest("/cosmos/tx/v1beta1/txs/block/1")).json, "txs", "length"), 1);
  assert.equal((await rest(`/cosmos/tx/v1beta1/txs/${"00".repeat(32)}`)).status, 404);
  assert.equal((await rest("/cosmos/tx/v1beta1/txs/zz")).status, 400);
  assert.equal((await rest("/cosmos/tx/v1beta1/txs?query=tx")).status, 400);
});

async function hashOf(height: bigint): Promise<string> {
  const page = await chain.indexer.search.txs({ text: "", conditions: [] }, { descending: false, skip: 0, limit: 1 });
  assert.ok("items" in page && page.items[0]?.height === height);
  return createHash("sha256").update(chain.at(height)!.sealed.block.txs[0]!).digest("hex").toUpperCase();
}

test("broadcast: accepted, refused by its check, a duplicate, nonsense", async () => {
  const tx = Buffer.from(sendTx({ from: "alice", to: "bob", amount: 1n })).toString("base64");
  const post = (body: unknown) =>
    rest("/cosmos/tx/v1beta1/txs", {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "text/plain" },
    });
  const sent = await post({ tx_bytes: tx, mode: "BROADCAST_MODE_SYNC" });
  assert.equal(at(sent.json, "tx_response", "code"), 0);
  assert.match(String(at(sent.json, "tx_response", "txhash")), /^[0-9A-F]{64}$/);
  assert.equal(at((await post({ tx_bytes: tx })).json, "tx_response", "code"), 19);
  chain.checkResult = { code: 32, codespace: "sdk", log: "account sequence mismatch" };
  const refused = await post({ tx_bytes: Buffer.from("other").toString("base64"), mode: "BROADCAST_MODE_ASYNC" });
  chain.checkResult = {};
  assert.deepEqual([refused.status, at(refused.json, "tx_response", "raw_log")], [200, "account sequence mismatch"]);
  for (const bad of [{}, { tx_bytes: "!" }, { tx_bytes: tx, mode: "LOUD" }, []]) {
    assert.equal((await post(bad)).status, 400);
  }
});

test("a body that looks like an answer of ours is judged as what it is: a request without its fields", async () => {
  const reply = { status: 200, type: "text/html", body: "<script>alert(1)</script>", headers: { "set-cookie": "a=b" } };
  for (const path of ["txs", "simulate"]) {
    const { status, json } = await rest(`/cosmos/tx/v1beta1/${path}`, { method: "POST", body: JSON.stringify(reply) });
    assert.equal(status, 400);
    assert.match(String(at(json, "message")), /tx_bytes/);
  }
  const refusal = { kind: "rejection", rejection: 1, name: "<script>", codespace: "sdk", code: 1, data: { why: "x" } };
  const body = JSON.stringify({ ...refusal, tx_bytes: "AAAA" });
  const { status, json } = await rest("/cosmos/tx/v1beta1/txs", { method: "POST", body });
  assert.deepEqual([status, at(json, "tx_response", "code")], [200, 0]);
});

test("simulate takes bytes, and a transaction as JSON", async () => {
  const hash = await hashOf(1n);
  const { tx } = (await rest(`/cosmos/tx/v1beta1/txs/${hash}`)).json as unknown as { tx: object };
  for (const request of [{ tx_bytes: "AAAA" }, { tx }]) {
    const { json, status } = await rest("/cosmos/tx/v1beta1/simulate", {
      method: "POST",
      body: JSON.stringify(request),
    });
    assert.equal(status, 200);
    assert.equal(at(json, "gas_info", "gas_wanted"), "18446744073709551615");
  }
  for (const body of ['{"tx":5}', '{"tx":{"auth_info":{"fee":{"gas_limit":"x"}}}}', '{"tx_bytes":"!"}', "[]"]) {
    assert.equal((await rest("/cosmos/tx/v1beta1/simulate", { method: "POST", body })).status, 400, body);
  }
});

test("a parameter that does not fit its field is refused by name, and an unknown one is skipped", async () => {
  const balances = `/cosmos/bank/v1beta1/balances/${address("bob")}`;
  for (const [path, field] of [
    ["/cosmos/tx/v1beta1/txs?query=tx.height%3D1&order_by=nonsense", "order_by"],
    ["/cosmos/tx/v1beta1/txs?query=tx.height%3D1&limit=-1", "limit"],
    [`${balances}?pagination.limit=100000000000000000000`, "pagination.limit"],
    [`${balances}?pagination.reverse=yes`, "pagination.reverse"],
    ["/cosmos/bank/v1beta1/balances/trib1nobody", "address"],
    [`${BASE}/validatorsets/latest?pagination.limit=-1`, "pagination.limit"],
    ["/cosmos/tx/v1beta1/txs/block/1?pagination.offset=x", "pagination.offset"],
  ] as const) {
    const { status, json } = await rest(path);
    assert.equal(status, 400, path);
    assert.match(String(at(json, "message")), new RegExp(`field: ${field.replace(".", "\\.")},`));
  }
  assert.equal((await rest(`${balances}?_=1&pagination.limit=1`)).status, 200);
  assert.equal((await rest("/cosmos/tx/v1beta1/txs?query=tx.height%3D1&order_by=2")).status, 200);
});

for (const path of [
  "/cosmos/staking/v1beta1/validators",
  "/cosmos/mint/v1beta1/inflation",
  "/cosmos/gov/v1/proposals",
  "/cosmos/bank/v1beta1/params",
  "/ibc/apps/transfer/v1/params",
  "/feemarket/v1/params",
  "/cosmwasm/wasm/v1/code",
  "/tributary/nothing/v1/here",
  "/tributary/datanet/v1/constructor",
  "/cosmos",
]) {
  test(`${path}: 501 as JSON until it exists`, async () => {
    const { status, json } = await rest(path);
    assert.deepEqual([status, json], [501, { code: 12, message: "Not Implemented", details: [] }]);
  });
}

test("nothing was logged as a failure", () => assert.deepEqual(chain.errors, []));
