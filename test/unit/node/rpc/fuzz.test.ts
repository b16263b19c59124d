import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startRpc } from "#node/rpc/index.js";
import { metrics, serveMetrics } from "#node/telemetry/index.js";
import { peerIdOfSeed } from "#p2p/transport/identity.js";
import { listenNoise } from "#p2p/transport/noise-link.js";
import { corpora, fuzzHttp } from "../../../hostile/fuzz/http.js";
import { fuzzSigner } from "../../../hostile/fuzz/signer.js";
import { fuzzWebSocket } from "../../../hostile/fuzz/websocket.js";
import { FixtureChain } from "./fixture-chain.js";

/** Slices of `npm run hostile -- --fuzz`: what would end a process ends this test. */
const slice = (port: number) => ({ address: `127.0.0.1:${port}`, seed: 1n, seconds: 0.6 });
const chain = await FixtureChain.of([[{ from: "alice", to: "bob", amount: 5n }], []]);
after(() => assert.deepEqual(chain.errors, [], "nothing that a stranger sends is a bug of ours"));

for (const [name, fuzz] of [
  ["raw HTTP against RPC", fuzzHttp(corpora.rpc)],
  ["raw HTTP against REST", fuzzHttp(corpora.rest)],
  ["WebSocket frames", fuzzWebSocket],
] as const) {
  test(name, { timeout: 20_000 }, async (t) => {
    const server = await startRpc(chain.deps(), { host: "127.0.0.1", port: 0, corsOrigins: ["*"] });
    t.after(() => server.close());
    assert.ok((await fuzz(slice(server.port))).cases > 10);
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/health`)).status, 200);
  });
}

test("raw HTTP against metrics", { timeout: 20_000 }, async (t) => {
  const registry = metrics({ namespace: "cometbft", chainId: "fuzzed", process: false });
  const log = { debug: () => undefined, error: assert.fail };
  const server = await serveMetrics(registry, { host: "127.0.0.1", port: 0 }, log);
  t.after(() => server.close());
  assert.ok((await fuzzHttp(corpora.metrics)(slice(server.port))).cases > 10);
  assert.equal((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status, 200);
});

test("invalid handshakes where a node waits for its signer", { timeout: 20_000 }, async (t) => {
  const peer = await peerIdOfSeed(new Uint8Array(32).fill(9));
  const end = { seed: new Uint8Array(32).fill(8), peer, host: "127.0.0.1", port: 0 };
  const listener = await listenNoise(end, () => assert.fail("a stranger came through the handshake"));
  t.after(() => listener.close());
  assert.ok((await fuzzSigner(slice(Number(listener.address.split(":").at(-1))))).cases > 10);
});
