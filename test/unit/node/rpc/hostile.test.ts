import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { parseJson } from "#proto/codec/json-text.js";
import { isRejection } from "#proto/rejection.js";
import { startRpc, type RpcLimits, type RpcServer } from "#node/rpc/index.js";
import { scanJson } from "#node/rpc/json-scan.js";
import { dial, dialMany, endAll, readAll } from "../../../fixtures/raw-http.js";
import { FixtureChain } from "./fixture-chain.js";

let chain: FixtureChain;
before(async () => {
  chain = await FixtureChain.of([[{ from: "alice", to: "bob", amount: 5n }], []]);
});
after(() => assert.deepEqual(chain.errors, []));

async function serving(
  limits: Partial<RpcLimits>,
  use: (server: RpcServer) => Promise<void>,
  change: (deps: ReturnType<FixtureChain["deps"]>) => ReturnType<FixtureChain["deps"]> = (deps) => deps,
): Promise<void> {
  chain.dropped.length = 0;
  const server = await startRpc(change(chain.deps()), { host: "127.0.0.1", port: 0, corsOrigins: [], limits });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

const health = async (port: number): Promise<number> =>
  (await fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: "close" } })).status;

const UPGRADE = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n";

test("a refused upgrade whose client resets the connection ends that connection and nothing else", () =>
  serving({ socketsMax: 0 }, async ({ port }) => {
    for (let attempt = 0; attempt < 30; attempt++) {
      for (const path of ["/other", "/websocket", "/"]) {
        const socket = await dial(port);
        const closed = once(socket, "close");
        socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n${UPGRADE}\r\n${"x".repeat(attempt)}`);
        if (attempt % 3 === 0) await sleep(1);
        socket.resetAndDestroy();
        await closed;
      }
    }
    await sleep(20);
    assert.equal(await health(port), 200);
  }));

test("unfinished requests keep no client out: the one that has waited longest makes room", () =>
  serving({ connectionsMax: 20 }, async ({ port }) => {
    const unfinished = await dialMany(port, 10);
    for (const socket of unfinished) socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    const idle = await dialMany(port, 10);
    await sleep(20);
    const first = once(unfinished[0]!, "close");
    for (let i = 0; i < 5; i++) assert.equal(await health(port), 200);
    await first;
    assert.ok(chain.dropped.every((why) => why === "connection_made_room") && chain.dropped.length > 0);
    assert.ok(
      idle.every((socket) => !socket.destroyed),
      "the youngest stay",
    );
    endAll([...unfinished, ...idle]);
  }));

test("256 unfinished bodies leave the server to everybody else", () =>
  serving({}, async ({ port }) => {
    const sockets = await dialMany(port, 300);
    for (const socket of sockets) socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    await sleep(50);
    assert.equal(await health(port), 200);
    endAll(sockets);
  }));

test("unfinished bodies are bounded together, and the oldest gives way", () =>
  serving({ bodyBytesMax: 100_000, bodiesBytesMax: 250_000 }, async ({ port }) => {
    const head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99000\r\n\r\n";
    const sockets = await dialMany(port, 4);
    for (const socket of sockets) {
      socket.write(head + "x".repeat(90_000));
      await sleep(20);
    }
    await sleep(30);
    assert.deepEqual(
      sockets.map(({ destroyed }) => destroyed),
      [true, true, false, false],
    );
    endAll(sockets);
  }));

test("requests that come too slowly are cut at their deadline, not at Node's next look", { timeout: 10_000 }, () =>
  serving({ headersTimeoutMs: 300, requestTimeoutMs: 300 }, async ({ port }) => {
    const socket = await dial(port);
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    const start = performance.now();
    assert.match(await readAll(socket), /408/);
    assert.ok(performance.now() - start < 4_000);
  }),
);

test("the bounds of a body act before it is parsed", () => {
  const max = { calls: 10, values: 20_000 };
  for (const unit of ["{},", '{"a":"]["},', '"\\\\",', "[[1,2],3],", " 1 ,\n"]) {
    const broken = `[${unit.repeat(11)}${"]{!".repeat(5)}`;
    assert.ok(isRejection(parseJson(broken)));
    assert.equal(scanJson(broken, max)?.name, "tooManyCalls", unit);
    const ten = `[${unit.repeat(9)}{}]`;
    assert.equal(scanJson(ten, max), undefined, unit);
    assert.ok(!isRejection(parseJson(ten)));
  }
  assert.equal(scanJson(`{"params":[${"0,".repeat(30_000)}`, max)?.name, "tooManyValues");
  assert.equal(scanJson(`["${'\\"],['.repeat(1000)}"]`, max), undefined, "what stands in a string counts for nothing");
  for (const text of ["", " ", '"', '"\\', "[", "]", "]]]]]],,,,,,,,,,,,,,", "\\"]) {
    assert.equal(scanJson(text, max), undefined);
  }
});

test("one genesis in memory answers all who do not read it", () =>
  serving(
    {},
    async ({ port }) => {
      const before = process.memoryUsage().arrayBuffers;
      const sockets = await dialMany(port, 60);
      for (const socket of sockets) {
        socket.pause();
        socket.write("GET /genesis HTTP/1.1\r\nhost: x\r\n\r\n".repeat(2));
      }
      await sleep(300);
      assert.equal(await health(port), 200);
      const grown = process.memoryUsage().arrayBuffers - before;
      assert.ok(grown < 16_000_000, `${grown} bytes for 120 answers of 4 MB`);
      endAll(sockets);
    },
    (deps) => {
      const genesis = { ...deps.chain.genesis, app_state: { filler: "f".repeat(4_000_000) } };
      return { ...deps, chain: { ...deps.chain, genesis } };
    },
  ));

test("unread answers are bounded together: the oldest reader is cut, and who is late as well", () =>
  serving({ answerBytesMax: 20_000_000, answerMs: 200, answerBytesPerSecondMin: 1e9 }, async ({ port }) => {
    await chain.commit([]);
    const big = await FixtureChain.of([[{ from: "alice", to: "bob", amount: 5n, memo: "m".repeat(3_000_000) }]]);
    await serving(
      { answerBytesMax: 20_000_000, answerMs: 400, answerBytesPerSecondMin: 1e9 },
      async ({ port: other }) => {
        const sockets = await dialMany(other, 12);
        for (const socket of sockets) {
          socket.pause();
          socket.write("GET /block?height=1 HTTP/1.1\r\nhost: x\r\n\r\n");
        }
        while (chain.dropped.length < 6) await sleep(20);
        assert.ok(chain.dropped.every((why) => why === "answer_unread"));
        assert.equal(await health(other), 200);
        while (chain.dropped.length < 12) await sleep(50);
        endAll(sockets);
      },
      (deps) => ({ ...deps, chain: { ...big.deps().chain, latestHeight: () => 1n } }),
    );
    assert.equal(await health(port), 200);
  }));

test("sockets that do nothing make room for a newcomer", () =>
  serving({ socketsMax: 2 }, async ({ port }) => {
    const open = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/websocket`);
      await once(socket, "open");
      return socket;
    };
    const subscriber = await open();
    subscriber.send('{"id":1,"method":"subscribe","params":["tm.event=\'NewBlock\'"]}');
    await once(subscriber, "message");
    const idle = await open();
    const gone = once(idle, "close");
    const newcomer = await open();
    await gone;
    assert.equal(subscriber.readyState, WebSocket.OPEN);
    assert.deepEqual(chain.dropped, ["socket_made_room"]);
    newcomer.terminate();
    subscriber.terminate();
  }));
