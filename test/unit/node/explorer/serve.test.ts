import assert from "node:assert/strict";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { routes } from "#proto/rpc/routes.js";
import { startRpc } from "#node/rpc/index.js";
import { explorerPages } from "#node/explorer/pages.js";
import { pageMethods } from "#node/explorer/methods.js";
import { startExplorer, type ExplorerServer } from "#node/explorer/serve.js";
import { FixtureChain } from "../rpc/fixture-chain.js";

/** A node that answers as it is told. */
let answer: (body: string) => { status?: number; text: string } | "never" = () => ({ text: "{}" });
let upstream: Server;
let asked: string[] = [];
let explorer: ExplorerServer;
let node: string;
const limits = { callBytesMax: 1000, answerBytesMax: 2000, callsMax: 2, answerMs: 300 };

before(async () => {
  upstream = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      asked.push(body);
      const told = answer(body);
      if (told !== "never") response.writeHead(told.status ?? 200).end(told.text);
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  node = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  explorer = await startExplorer({
    host: "127.0.0.1",
    port: 0,
    node: { url: node, headers: { authorization: "Basic x" } },
    fetch,
    limits,
  });
});
after(async () => {
  await explorer.close();
  upstream.closeAllConnections();
  upstream.close();
});

interface Told {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
}

function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string; port?: number } = {},
): Promise<Told> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body, port = explorer.port } = options;
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}
const call = (method: string, headers: Record<string, string> = {}): Promise<Told> =>
  ask("/", { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: {} }) });
const why = ({ body }: Told): string => (JSON.parse(body.toString()) as { error: { data: string } }).error.data;

test("the page comes with a policy that allows nothing but its own files", async () => {
  const { status, headers, body } = await ask("/");
  assert.equal(status, 200);
  const policy = String(headers["content-security-policy"]);
  for (const rule of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(rule), rule);
  }
  assert.ok(!/unsafe|https?:|\*/.test(policy), policy);
  const html = body.toString();
  assert.ok(!/<script(?![^>]*\bsrc=)|\son\w+=|style=|https?:\/\//.test(html), "nothing inline, and no other host");
  for (const [, path] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
    const file = await ask(path!, { headers: { "accept-encoding": "gzip" } });
    assert.equal(file.status, 200, path);
    assert.equal(file.headers["content-encoding"], "gzip");
    assert.deepEqual(
      gunzipSync(file.body),
      (await ask(path!, { headers: { "accept-encoding": "br, gzip;q=0" } })).body,
    );
  }
  assert.equal((await ask("/", { method: "HEAD" })).body.length, 0);
});

test("all that a visitor can load has less than 300 kB", () => {
  const folder = join(import.meta.dirname, "../../../../node/explorer/web");
  const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  const packed = files.filter((file) => statSync(file).isFile() && !file.endsWith(".gz"));
  const bytes = packed.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
  assert.ok(bytes > 50_000 && bytes < 300_000, `${bytes} bytes`);
});

test("a path outside of its files is refused", async () => {
  for (const path of [
    "/nothing",
    "/../package.json",
    "/%2e%2e/package.json",
    "/assets/",
    "//etc/passwd",
    "/index.html.gz",
  ]) {
    assert.equal((await ask(path)).status, 404, path);
  }
  const { status, headers } = await ask("/methods");
  assert.deepEqual([status, headers["location"]], [302, `${node}/methods`]);
});

test("calls that read are passed on, as one object that is written anew", async () => {
  asked = [];
  answer = () => ({ text: '{"jsonrpc":"2.0","id":1,"result":{}}' });
  for (const method of pageMethods) assert.equal((await call(method)).status, 200, method);
  assert.equal(asked.length, pageMethods.length);
  assert.deepEqual(JSON.parse(asked[0]!), { jsonrpc: "2.0", id: 1, method: "status", params: {} });
});

test("everything else is refused before the node hears of it", async () => {
  asked = [];
  const others = Object.keys(routes).filter((method) => !(pageMethods as readonly string[]).includes(method));
  assert.ok(
    others.includes("broadcast_tx_sync") && others.includes("broadcast_evidence") && others.includes("subscribe"),
  );
  for (const method of [...others, "constructor", "__proto__", ""]) {
    assert.equal((await call(method)).status, 403, method);
  }
  const post = (body: string, path = "/") => ask(path, { method: "POST", body });
  for (const body of [
    "",
    "[]",
    "{",
    "null",
    '[{"id":1,"method":"status"}]',
    '{"method":"status"}',
    '{"id":{},"method":"status"}',
    '{"id":1,"id":2,"method":"status"}',
  ]) {
    assert.ok([400, 403].includes((await post(body)).status), body);
  }
  assert.equal((await post(`{"id":1,"method":"status","x":"${"y".repeat(2000)}"}`)).status, 413);
  assert.equal((await post("{}", "/cosmos/tx/v1beta1/txs")).status, 405);
  assert.equal((await ask("/", { method: "DELETE" })).status, 405);
  assert.deepEqual(asked, []);
});

test("a page of another site cannot ask through it", async () => {
  asked = [];
  const own = `127.0.0.1:${explorer.port}`;
  for (const headers of [
    { host: "evil.example" },
    { host: `evil.example:${explorer.port}` },
    { host: "127.0.0.1.evil.example" },
    { host: "localhost.evil.example:80" },
    { host: own, origin: "http://evil.example" },
    { host: own, origin: "null" },
    { host: own, origin: "http://127.0.0.1:1" },
    { host: own, "sec-fetch-site": "cross-site" },
  ]) {
    assert.equal((await call("status", headers)).status, 403, JSON.stringify(headers));
    assert.equal((await ask("/", { headers })).status, 403, JSON.stringify(headers));
  }
  assert.deepEqual(asked, []);
  for (const host of [own, `localhost:${explorer.port}`, "[::1]:80"]) {
    assert.equal((await call("status", { host, origin: `http://${host}` })).status, 200, host);
  }
});

test("a node that is slow, large or gone is said, and holds nothing", async () => {
  answer = () => ({ text: "x".repeat(3000) });
  assert.match(why(await call("status")), /more than 2000 bytes/);
  answer = () => "never";
  const [first, second, third] = await Promise.all([call("status"), call("status"), call("status")]);
  const told = [first, second, third].map(why).sort();
  assert.match(told[0]!, /did not answer in time/);
  assert.match(told[1]!, /did not answer in time/);
  assert.match(told[2]!, /too many calls/);
  answer = () => ({ status: 302, text: "" });
  assert.equal((await call("status")).status, 502, "a node does not redirect");
  answer = () => ({ text: "{}" });
  assert.equal((await call("status")).status, 200);
  const gone = await startExplorer({
    host: "127.0.0.1",
    port: 0,
    node: { url: "http://127.0.0.1:1", headers: {} },
    fetch,
  });
  const refused = await ask("/", { method: "POST", body: '{"id":1,"method":"status"}', port: gone.port });
  assert.equal(refused.status, 502);
  assert.match(why(refused), /no node answers at http:\/\/127\.0\.0\.1:1/);
  await gone.close();
});

test("a node serves the page at the REST port's /, and the list of methods beside it", async () => {
  const chain = await FixtureChain.of([[]]);
  const options = { host: "127.0.0.1", port: 0, corsOrigins: [] };
  const [rest, rpc] = [
    await startRpc(chain.deps(), { ...options, pages: explorerPages() }),
    await startRpc(chain.deps(), options),
  ];
  try {
    const text = async (port: number, path: string) => (await ask(path, { port })).body.toString();
    assert.match(await text(rest.port, "/"), /<div id="page">/);
    assert.match(await text(rest.port, "/methods"), /broadcast_tx_sync/);
    assert.match(await text(rpc.port, "/"), /broadcast_tx_sync/);
    assert.match(await text(rpc.port, "/methods"), /broadcast_tx_sync/);
    assert.match(await text(rest.port, "/status"), /node_info/);
    assert.equal((await ask("/icon.svg", { port: rest.port })).status, 200);
    assert.equal((await ask("/icon.svg", { port: rpc.port })).status, 404);
  } finally {
    await rest.close();
    await rpc.close();
  }
});
