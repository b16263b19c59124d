import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64 } from "#proto/base64.js";
import type { SubmitRefused } from "#node/rpc/deps.js";
import { clientOf, TxDoor } from "#node/rpc/door.js";
import { rpcLimits, startRpc } from "#node/rpc/index.js";
import { FixtureChain } from "./fixture-chain.js";

type Answer = "good" | "bad" | SubmitRefused;

/** A door over a chain that answers when it is told to, on a clock that stands still. */
function world(limits: Partial<typeof rpcLimits> = {}) {
  const clock = { ms: 0 };
  const door = new TxDoor({ ...rpcLimits, ...limits }, () => clock.ms);
  const checks: ((answer: Answer) => void)[] = [];
  let checked = 0;
  const send = (client: string, bytes: number) =>
    door.enter<Answer>({
      client,
      bytes,
      run: () => (checked++, new Promise<Answer>((resolve) => checks.push(resolve))),
      isWasted: (answer) => answer === "bad",
    });
  const settle = async (answer: Answer): Promise<void> => {
    for (let next = checks.shift(); next !== undefined; next = checks.shift()) {
      next(answer);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, send, settle, checked: () => checked };
}

const DEAREST = 131_072;

test("a stranger's dearest refused transactions stop at the door, and what waits behind them too", async () => {
  const { clock, send, settle, checked } = world();
  const sent = Array.from({ length: 100 }, () => send("stranger", DEAREST));
  assert.ok(sent.every((entered) => "answer" in entered));
  await settle("bad");
  // 200 units, 65 each: four, and those that were under way.
  assert.ok(checked() <= 4 + rpcLimits.txChecksMax, `${checked()} were judged`);
  const refused = send("stranger", 10);
  assert.ok("refused" in refused && refused.refused === "rate");
  assert.match(refused.log, /try again in \d+ s/);
  let judged = 0;
  for (clock.ms = 0; clock.ms < 60_000; clock.ms += 10) {
    const before = checked();
    for (let connection = 0; connection < 10; connection++) send("stranger", DEAREST);
    await settle("bad");
    judged += checked() - before;
  }
  assert.ok(judged <= 60, `${judged} in a minute at 1,000 a second`);
});

test("who is refused pays; who is not sends as much as he likes, also while others are in debt", async () => {
  const { send, settle, checked } = world();
  for (let stranger = 0; stranger < 50; stranger++) {
    for (let i = 0; i < 5; i++) send(`stranger ${stranger}`, DEAREST);
    await settle("bad");
  }
  assert.ok("answer" in send("newcomer", 300), "a client without refused work is let in");
  await settle("good");
  const before = checked();
  for (let i = 0; i < 20_000; i++) {
    assert.ok("answer" in send("generator", 300));
    if (i % 100 === 0) await settle("good");
  }
  await settle("good");
  assert.equal(checked() - before, 20_000);
});

test("what waits is bounded in number and bytes, and the refusal is typed", async () => {
  const { send, settle } = world({ txsWaitingMax: 10, txBytesWaitingMax: 1_000_000 });
  for (let i = 0; i < 10 + rpcLimits.txChecksMax; i++) assert.ok("answer" in send("a", 10));
  const full = send("b", 10);
  assert.ok("refused" in full && full.refused === "busy");
  await settle("good");
  assert.ok("answer" in send("b", 900_000));
  assert.ok("refused" in send("b", 900_000));
  await settle("good");
  assert.ok("answer" in send("b", 900_000));
});

test("a limit of zero lifts it", async () => {
  const { send, settle } = world({ refusedUnitsPerSecond: 0, refusedUnitsPerSecondTotal: 0 });
  for (let i = 0; i < 1_000; i++) {
    assert.ok("answer" in send("a", DEAREST));
    await settle("bad");
  }
});

test("clients are told apart by address; of IPv6 by network", () => {
  assert.equal(clientOf("::ffff:10.0.0.1"), "10.0.0.1");
  assert.equal(clientOf("2001:db8:1:2:3:4:5:6"), clientOf("2001:db8:1:2::9"));
  assert.notEqual(clientOf("2001:db8:1:2::9"), clientOf("2001:db8:1:3::9"));
  assert.notEqual(clientOf("::1"), clientOf("fe80::1%eth0"));
  assert.equal(clientOf(undefined), "");
});

test("over RPC and REST: 429 with its own words, 503 when full; and broadcast_tx_async says so too", async () => {
  const chain = await FixtureChain.of([[]]);
  const limits = { refusedUnitsPerSecond: 0.001, refusedBurstSeconds: 3_000, commitWaitersMax: 0 };
  const server = await startRpc(chain.deps(), { host: "127.0.0.1", port: 0, corsOrigins: [], limits });
  const url = `http://127.0.0.1:${server.port}`;
  const body = JSON.stringify({ tx_bytes: toBase64(Uint8Array.of(1)), mode: "BROADCAST_MODE_SYNC" });
  try {
    chain.checkResult = { code: 4, codespace: "sdk", log: "unauthorized" };
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) {
      statuses.push((await fetch(`${url}/cosmos/tx/v1beta1/txs`, { method: "POST", body })).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
    const call = async (method: string) => {
      const response = await fetch(`${url}/${method}?tx=0x01`);
      return [response.status, ((await response.json()) as { error: { code: number; data: string } }).error] as const;
    };
    for (const method of ["broadcast_tx_sync", "broadcast_tx_async", "check_tx"]) {
      const [status, error] = await call(method);
      assert.deepEqual([status, error.code], [429, -32000], method);
      assert.match(error.data, /over the rate/);
    }
    const large = await fetch(url, { method: "POST", body: "x".repeat(5_000) });
    assert.deepEqual([large.status, /over the rate/.test(await large.text())], [429, true], "not even parsed");
    assert.equal((await fetch(`${url}/health`)).status, 200);
    const [status, error] = await call("broadcast_tx_commit");
    assert.deepEqual([status, error.code], [503, -32000]);
    assert.deepEqual(chain.errors, []);
  } finally {
    await server.close();
  }
});
