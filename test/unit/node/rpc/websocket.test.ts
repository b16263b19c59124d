import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { startRpc, type RpcServer } from "#node/rpc/index.js";
import { voteOf, votesEvidence } from "../../proto/evidence/world.js";
import { FixtureChain, sendTx } from "./fixture-chain.js";

let chain: FixtureChain;
let server: RpcServer;

before(async () => {
  chain = await FixtureChain.of([[{ from: "alice", to: "bob", amount: 5n }]]);
  server = await startRpc(chain.deps(), {
    host: "127.0.0.1",
    port: 0,
    corsOrigins: [],
    limits: { socketsMax: 3, subscriptionsPerSocketMax: 2, socketBacklogBytesMax: 1_000_000 },
  });
});
after(() => server.close());

interface Answer {
  readonly id: unknown;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly data: string };
}

/** A socket whose answers are read one by one. */
async function open(path = "/websocket") {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`);
  const got: Answer[] = [];
  const waiting: ((answer: Answer) => void)[] = [];
  socket.on("message", (data: Buffer) => {
    const answer = JSON.parse(data.toString()) as Answer;
    const next = waiting.shift();
    if (next === undefined) got.push(answer);
    else next(answer);
  });
  const closed = new Promise<number>((resolve) => socket.on("close", (code) => resolve(code)));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const next = (): Promise<Answer> => {
    const ready = got.shift();
    return ready === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(ready);
  };
  const call = (method: string, params: unknown = {}, id: unknown = 1): Promise<Answer> => {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return next();
  };
  return { socket, next, call, closed };
}

test("all methods, and events under the id of their subscription", async () => {
  const { socket, call, next } = await open();
  assert.deepEqual((await call("health")).result, {});
  assert.deepEqual(await call("subscribe", ["tm.event='NewBlock'"], 7), { jsonrpc: "2.0", id: 7, result: {} });
  await chain.commit([]);
  const event = await next();
  assert.equal(event.id, 7);
  assert.equal(event.result?.["query"], "tm.event='NewBlock'");
  assert.equal((event.result?.["data"] as { type: string }).type, "tendermint/event/NewBlock");
  assert.deepEqual((event.result?.["events"] as Record<string, string[]>)["tm.event"], ["NewBlock"]);
  assert.deepEqual((await call("unsubscribe", { query: "tm.event='NewBlock'" }, 7)).result, {});
  await chain.commit([]);
  assert.deepEqual((await call("health", {}, 8)).id, 8);
  socket.close();
});

test("evidence of a block is an event of its own, and stands in the block", async () => {
  const { socket, call, next } = await open();
  await call("subscribe", { query: "tm.event='NewEvidence'" }, 1);
  const [a, b] = [voteOf("b", { blockId: undefined }), voteOf("b")];
  await chain.commit([], [votesEvidence(a, b)]);
  const event = (await next()) as unknown as {
    result: { data: { type: string; value: { height: string; evidence: object } } };
  };
  assert.equal(event.result.data.type, "tendermint/event/NewEvidence");
  assert.equal(event.result.data.value.height, "3");
  const { block } = (await call("block", {}, 2)).result as unknown as { block: { evidence: { evidence: object[] } } };
  assert.deepEqual(block.evidence.evidence, [event.result.data.value.evidence]);
  socket.close();
});

test("votes and steps reach who asks for them", async () => {
  const { socket, call, next } = await open();
  await call("subscribe", { query: "tm.event='Vote'" }, 1);
  await call("subscribe", { query: "tm.event='NewRoundStep'" }, 2);
  chain.emit({ kind: "vote", vote: chain.vote() });
  chain.emit({ kind: "round", name: "Polka", height: 3n, round: 0, step: "RoundStepPrevote" });
  chain.emit({ kind: "round", name: "NewRoundStep", height: 3n, round: 0, step: "RoundStepPropose" });
  const vote = await next();
  assert.equal(vote.id, 1);
  const { type, value } = vote.result!["data"] as { type: string; value: { Vote: { height: string } } };
  assert.deepEqual([type, value.Vote.height], ["tendermint/event/Vote", String(chain.vote().height)]);
  const step = await next();
  assert.equal(step.id, 2);
  assert.deepEqual(step.result, {
    query: "tm.event='NewRoundStep'",
    data: { type: "tendermint/event/RoundState", value: { height: "3", round: 0, step: "RoundStepPropose" } },
    events: { "tm.event": ["NewRoundStep"] },
  });
  socket.close();
});

test("rounds and complete proposals have CometBFT's fields, and the node makes events only for subscribers", async () => {
  const { socket, call, next } = await open();
  await call("subscribe", { query: "tm.event='NewRound'" }, 1);
  await call("subscribe", { query: "tm.event='CompleteProposal'" }, 2);
  assert.equal(chain.listening, 1);
  const at = { height: 3n, round: 1, step: "RoundStepPropose" };
  chain.emit({ kind: "new_round", ...at, proposer: { address: new Uint8Array(20).fill(0xab), index: 2 } });
  chain.emit({ kind: "complete_proposal", ...at, blockId: voteOf("b").blockId! });
  const shown = { height: "3", round: 1, step: "RoundStepPropose" };
  const proposer = { address: "AB".repeat(20), index: 2 };
  assert.deepEqual((await next()).result?.["data"], {
    type: "tendermint/event/NewRound",
    value: { ...shown, proposer },
  });
  const complete = (await next()).result?.["data"] as { type: string; value: { block_id: { hash: string } } };
  assert.equal(complete.type, "tendermint/event/CompleteProposal");
  assert.match(complete.value.block_id.hash, /^[0-9A-F]{64}$/);
  await call("unsubscribe_all");
  assert.equal(chain.listening, 0);
  assert.match(
    (await call("subscribe", { query: "tm.event='Unlock'" })).error!.data,
    /this node sends CompleteProposal/,
  );
  socket.close();
});

test("limits of one socket: doubled, too many, unknown and malformed subscriptions", async () => {
  const { socket, call } = await open();
  await call("subscribe", { query: "a.b=1" });
  assert.match((await call("subscribe", { query: "a.b=1" })).error!.data, /already subscribed/);
  await call("subscribe", { query: "a.b=2" });
  assert.match((await call("subscribe", { query: "a.b=3" })).error!.data, /max_subscriptions_per_client 2/);
  assert.match((await call("unsubscribe", { query: "a.b=9" })).error!.data, /not found/);
  assert.deepEqual((await call("unsubscribe_all")).result, {});
  assert.match((await call("subscribe", { query: "a.b" })).error!.data, /failed to parse query/);
  assert.equal((await call("subscribe")).error!.code, -32602);
  socket.close();
});

test("a burst of calls on one socket is answered whole", async () => {
  const { socket, next } = await open();
  for (let id = 0; id < 200; id++) socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: "block", params: {} }));
  const ids = new Set<unknown>();
  for (let i = 0; i < 200; i++) ids.add((await next()).id);
  assert.equal(ids.size, 200);
  socket.close();
});

test("too many sockets, other paths, binary and huge messages", async () => {
  const sockets = [await open(), await open(), await open()];
  await sockets[0]!.call("subscribe", { query: "tm.event='Tx'" });
  const newcomer = await open();
  await sockets[1]!.closed;
  newcomer.socket.terminate();
  await newcomer.closed;
  sockets[1] = await open();
  sockets[0]!.socket.send(Buffer.from("{}"), { binary: true });
  assert.equal(await sockets[0]!.closed, 1003);
  sockets[1]!.socket.send("x".repeat(1_000_001));
  assert.equal(await sockets[1]!.closed, 1009);
  sockets[2]!.socket.close();
  await sockets[2]!.closed;
  await assert.rejects(open("/other"), /404/);
});

test("a subscriber that does not read is dropped, and the others go on", async () => {
  const slow = await open();
  const quick = await open();
  await slow.call("subscribe", { query: "tm.event='Tx'" });
  await quick.call("subscribe", { query: "tm.event='NewBlock'" });
  slow.socket.pause();
  const big = { from: "alice", to: "bob", amount: 1n, memo: "m".repeat(300_000) };
  for (let i = 0; i < 60 && chain.droppedSlowClients === 0; i++) {
    await chain.commit([sendTx({ ...big, memo: big.memo + i })]);
    assert.equal((await quick.next()).id, 1);
  }
  assert.equal(chain.droppedSlowClients, 1);
  slow.socket.terminate();
  quick.socket.close();
});

test("nothing was logged as a failure", () => assert.deepEqual(chain.errors, []));
