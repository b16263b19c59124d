import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { toBase64 } from "#proto/base64.js";
import { equalBytes, toHex } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { evidenceCodec } from "#proto/types/block.js";
import { startRpc, type RpcServer } from "#node/rpc/index.js";
import { voteOf, votesEvidence } from "../../proto/evidence/world.js";
import { FixtureChain, sendTx } from "./fixture-chain.js";

let chain: FixtureChain;
let server: RpcServer;
let url: string;

before(async () => {
  chain = await FixtureChain.of([[{ from: "alice", to: "bob", amount: 5n }], []]);
  server = await startRpc(chain.deps(), { host: "127.0.0.1", port: 0, corsOrigins: ["*"] });
  url = `http://127.0.0.1:${server.port}`;
});
after(() => server.close());

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { method: "POST", body, headers });
  return { status: response.status, text: await response.text() };
}
const call = (method: string, params: unknown = {}, id: unknown = 1): string =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });

test("an answer repeats its id, whatever kind it is", async () => {
  for (const id of [0, -1, 123456789012, "a", ""]) {
    assert.deepEqual(JSON.parse((await post(call("health", {}, id))).text), { jsonrpc: "2.0", id, result: {} });
  }
});

const REFUSED: readonly (readonly [name: string, body: string, code: number, data: RegExp])[] = [
  ["no JSON", "{", -32700, /malformed/],
  ["id NaN", '{"jsonrpc":"2.0","id":NaN,"method":"health"}', -32700, /malformed/],
  ["id 1e400", '{"jsonrpc":"2.0","id":1e400,"method":"health"}', -32700, /unsafe number/],
  ["a fraction as id", '{"jsonrpc":"2.0","id":1.5,"method":"health"}', -32600, /id is/],
  ["an id of null", '{"jsonrpc":"2.0","id":null,"method":"health"}', -32600, /id is/],
  ["an object as id", '{"jsonrpc":"2.0","id":{},"method":"health"}', -32600, /id is/],
  ["a doubled key", '{"jsonrpc":"2.0","id":1,"id":2,"method":"health"}', -32700, /duplicate key \(key: id\)/],
  [
    "a number beyond 2^53",
    '{"jsonrpc":"2.0","id":1,"method":"block","params":{"height":9007199254740993}}',
    -32700,
    /strings/,
  ],
  [
    "a lone surrogate",
    '{"jsonrpc":"2.0","id":1,"method":"tx_search","params":{"query":"\\ud800"}}',
    -32700,
    /not text/,
  ],
  ["deep nesting", `{"jsonrpc":"2.0","id":1,"method":"health","params":${"[".repeat(5000)}}`, -32700, /too deep/],
  ["another version", '{"jsonrpc":"1.0","id":1,"method":"health"}', -32600, /2\.0/],
  ["an unknown method", call("unsafe_flush_mempool"), -32601, /unsafe_flush_mempool/],
  ["a method of Object", call("constructor"), -32601, /constructor/],
  ["__proto__", call("__proto__"), -32601, /__proto__/],
  ["subscribe without a socket", call("subscribe", { query: "tm.event='Tx'" }), -32601, /websocket/],
  ["a missing parameter", call("tx"), -32602, /param: hash/],
  ["a negative height", call("block", { height: "-1" }), -32602, /param: height/],
  ["a future height", call("block", { height: "99" }), -32603, /less than or equal to the current blockchain height/],
  ["a page beyond the last", call("tx_search", { query: "tx.height=1", page: "2" }), -32603, /within \[1, 1\] range/],
  ["page 0", call("validators", { page: "0" }), -32602, /page starts at 1/],
  ["a bad order", call("tx_search", { query: "tx.height=1", order_by: "up" }), -32602, /order_by/],
  ["a bad query", call("tx_search", { query: "tx.height" }), -32602, /syntax/],
  ["an unknown hash", call("tx", { hash: Buffer.alloc(32).toString("base64") }), -32603, /^tx \(0{64}\) not found$/],
  ["a short hash", call("tx", { hash: "AAAA" }), -32602, /32/],
  [
    "a batch of 10^4",
    `[${Array.from({ length: 10_000 }, (_, id) => `{"id":${id},"method":"health"}`).join(",")}]`,
    -32600,
    /at most 10/,
  ],
  ["an empty batch", "[]", -32600, /empty/],
];
for (const [name, body, code, data] of REFUSED) {
  test(`${name}: error ${code}, HTTP 200`, async () => {
    const { status, text } = await post(body);
    assert.equal(status, 200);
    const { error } = JSON.parse(text) as { error: { code: number; data: string } };
    assert.equal(error.code, code);
    assert.match(error.data, data);
  });
}

test("a call that looks like a refusal of ours is a call", async () => {
  for (const mark of [{ kind: "rejection" }, { rejection: 1 }, { rejection: "1n" }]) {
    const refusal = { ...mark, name: "<script>", codespace: "json", code: 1, data: { why: "x" } };
    const { text } = await post(JSON.stringify({ jsonrpc: "2.0", id: 5, method: "health", ...refusal }));
    assert.deepEqual(JSON.parse(text), { jsonrpc: "2.0", id: 5, result: {} });
    const params = { query: "tx.height=1", page: refusal };
    assert.match((await post(call("tx_search", params))).text, /"code":-32602/);
  }
});

test("a batch is answered in order, and a notification not at all", async () => {
  const batch = `[${call("health", {}, 1)},${call("nothing", {}, 2)},{"jsonrpc":"2.0","method":"health"}]`;
  const answers = JSON.parse((await post(batch)).text) as { id: number; error?: unknown }[];
  assert.deepEqual(
    answers.map(({ id, error }) => [id, error === undefined]),
    [
      [1, true],
      [2, false],
    ],
  );
  assert.equal((await post('{"jsonrpc":"2.0","method":"health"}')).text, "");
});

test("bodies: too large, compressed, not text", async () => {
  assert.equal((await post("x".repeat(1_000_001))).status, 413);
  const bomb = gzipSync(Buffer.alloc(10_000_000));
  assert.equal((await post(new Uint8Array(bomb), { "content-encoding": "gzip" })).status, 415);
  assert.equal((await post(Uint8Array.of(0xff, 0xfe))).status, 400);
});

/** Sends raw text and resolves to whatever comes back until the server closes. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1", () => socket.write(text));
    let got = "";
    socket.setEncoding("utf8");
    socket.on("data", (data: string) => (got += data));
    socket.on("close", () => resolve(got));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      got === "" && error.code !== "EPIPE" && error.code !== "ECONNRESET" ? reject(error) : resolve(got),
    );
  });
}

test("a body that lies about its length is cut at the limit", async () => {
  const head = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
  const chunk = `10000\r\n${"y".repeat(0x10000)}\r\n`;
  assert.match(await raw(head + chunk.repeat(20)), /^HTTP\/1\.1 413 /);
});

test("a header of 1 MB is refused before anything is done", async () => {
  assert.match(await raw(`GET /health HTTP/1.1\r\nhost: x\r\nx: ${"z".repeat(1_000_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
});

test("the list of endpoints repeats nothing of the request", async () => {
  const page = await raw('GET / HTTP/1.1\r\nhost: "><script>alert(1)</script>\r\nconnection: close\r\n\r\n');
  assert.match(page, /<a href="status">status<\/a>/);
  assert.match(page, /\/cosmos\/bank\/v1beta1\/balances\/\{address\}/);
  assert.doesNotMatch(page, /alert/);
});

test("URI form: quoted and bare values, hex, id -1, errors as HTTP 500", async () => {
  const get = async (path: string) => {
    const response = await fetch(`${url}${path}`);
    return {
      status: response.status,
      json: (await response.json()) as { id: number; result?: Record<string, never>; error?: { data: string } },
    };
  };
  const status = await get("/status?");
  assert.equal(status.json.id, -1);
  assert.ok(status.json.result);
  const search = await get("/tx_search?query=%22tx.height=1%22&prove=true&page=1&per_page=%2230%22");
  const { txs } = search.json.result as unknown as { txs: { hash: string }[] };
  assert.equal(txs.length, 1);
  assert.ok((await get(`/tx?hash=0x${txs[0]!.hash}`)).json.result);
  const block = (await get("/block?height=1")).json.result as unknown as { block_id: { hash: string } };
  assert.ok((await get(`/header_by_hash?hash=0x${block.block_id.hash}`)).json.result);
  const missing = await get("/block?height=77");
  assert.equal(missing.status, 500);
  assert.match(missing.json.error!.data, /77/);
  assert.equal((await fetch(`${url}/nothing`)).status, 404);
  assert.equal((await fetch(`${url}/subscribe?query=x`)).status, 404);
});

test("preflight and origins", async () => {
  const response = await fetch(url, { method: "OPTIONS", headers: { origin: "https://app.example" } });
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.match(response.headers.get("access-control-allow-headers")!, /content-type/);
  const narrow = await startRpc(chain.deps(), { host: "127.0.0.1", port: 0, corsOrigins: ["https://a.example"] });
  try {
    const from = async (origin: string) =>
      (await fetch(`http://127.0.0.1:${narrow.port}/health`, { headers: { origin } })).headers.get(
        "access-control-allow-origin",
      );
    assert.equal(await from("https://a.example"), "https://a.example");
    assert.equal(await from("https://b.example"), null);
  } finally {
    await narrow.close();
  }
});

test("a duplicate and a full mempool are errors in CometBFT's words", async () => {
  const tx = Buffer.from(sendTx({ from: "alice", to: "bob", amount: 2n, memo: "twice" })).toString("base64");
  assert.equal(
    (JSON.parse((await post(call("broadcast_tx_sync", { tx }))).text) as { result: { code: number } }).result.code,
    0,
  );
  assert.match((await post(call("broadcast_tx_sync", { tx }))).text, /"data":"tx already exists in cache"/);
  assert.match((await post(call("unconfirmed_txs"))).text, /"n_txs":"1","total":"1"/);
});

test("broadcast_tx_commit waits for the block", async () => {
  const tx = sendTx({ from: "alice", to: "carol", amount: 2n, memo: "commit" });
  const answer = post(call("broadcast_tx_commit", { tx: Buffer.from(tx).toString("base64") }));
  while (!chain.pending.some((waiting) => equalBytes(waiting, tx))) await new Promise((next) => setTimeout(next, 5));
  const height = await chain.commit([tx]);
  const { result } = JSON.parse((await answer).text) as { result: { height: string; tx_result: { code: number } } };
  assert.deepEqual([result.height, result.tx_result.code], [String(height), 0]);
});

test("consensus state in the text that tmtop cuts up", async () => {
  const { result } = JSON.parse((await post(call("consensus_state"))).text) as {
    result: { round_state: Record<string, never> };
  };
  const state = result.round_state as unknown as {
    height_vote_set: { prevotes: string[]; prevotes_bit_array: string }[];
  };
  assert.match(
    state.height_vote_set[0]!.prevotes[0]!,
    /^Vote\{0:[0-9A-F]{12} \d+\/00\/SIGNED_MSG_TYPE_PREVOTE\(Prevote\) 000000000000 /,
  );
  assert.equal(state.height_vote_set[0]!.prevotes_bit_array, "BA{4:x___} 13/46 = 0.28");
  assert.match((await post(call("dump_consensus_state"))).text, /"peers":\[\{"node_address"/);
});

test("a bug in a port is logged and answered, and the server goes on", async () => {
  const deps = chain.deps();
  const broken = await startRpc(
    {
      ...deps,
      chain: {
        ...deps.chain,
        block: () => {
          throw new Error("secret path /home");
        },
      },
    },
    { host: "127.0.0.1", port: 0, corsOrigins: [] },
  );
  try {
    const response = await fetch(`http://127.0.0.1:${broken.port}`, { method: "POST", body: call("block") });
    const text = await response.text();
    assert.match(text, /-32603/);
    assert.doesNotMatch(text, /secret/);
    assert.match(chain.errors.splice(0).join(), /handler failed.*secret/);
    assert.equal((await fetch(`http://127.0.0.1:${broken.port}/health`)).status, 200);
  } finally {
    await broken.close();
  }
});

test("more requests on one connection than it may have are refused, not queued", async () => {
  const deps = chain.deps();
  const slow = await startRpc(
    { ...deps, mempool: { ...deps.mempool, check: () => new Promise(() => undefined) } },
    { host: "127.0.0.1", port: 0, corsOrigins: [], limits: { requestsPerConnectionMax: 2, requestsMax: 3 } },
  );
  try {
    const hang = () => fetch(`http://127.0.0.1:${slow.port}/check_tx?tx=0x00`).catch(() => undefined);
    const waiting = [hang(), hang(), hang()];
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await fetch(`http://127.0.0.1:${slow.port}/status`)).status, 503);
    assert.equal((await fetch(`http://127.0.0.1:${slow.port}/health`)).status, 200, "a busy node is a live one");
    await slow.close();
    await Promise.all(waiting);
  } finally {
    chain.errors.length = 0;
  }
});

test("a port that is taken is a fault that says what to do", async () => {
  const again = startRpc(chain.deps(), { host: "127.0.0.1", port: server.port, corsOrigins: [] });
  await assert.rejects(again, { code: "listen_failed", message: /127\.0\.0\.1:\d+: it is taken/ });
});

test("nothing else was logged as a failure", () => assert.deepEqual(chain.errors, []));

test("evidence is taken by its hash, or refused by codespace and code", async () => {
  const good = evidenceCodec.encode(votesEvidence(voteOf("b", { blockId: undefined }), voteOf("b")));
  const sent = async (bytes: Uint8Array): Promise<string> =>
    (await post(call("broadcast_evidence", { evidence: toBase64(bytes) }))).text;
  const taken = JSON.parse(await sent(good)) as { result: { hash: string } };
  assert.equal(taken.result.hash, toHex(sha256(good)).toUpperCase());
  assert.match(await sent(Uint8Array.of(1, 2)), /failed to add evidence: malformed.*\(codec 2\)/);
  const none = evidenceCodec.encode({ ...votesEvidence(voteOf("b"), voteOf("b")), duplicateVote: undefined });
  assert.match(await sent(none), /failed to add evidence: kind.*\(evidence 10\)/);
});
