import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { StargateClient } from "@cosmjs/stargate";
import { Worker } from "node:worker_threads";
import { Comet38Client, HttpBatchClient } from "@cosmjs/tendermint-rpc";
import { StargateClient as OlderStargateClient } from "cosmjs-stargate-0-36";
import { startRpc, type RpcServer } from "#node/rpc/http.js";
import { address, CHAIN_ID, FixtureChain, sendTx } from "./fixture-chain.js";

/** Published, unmodified clients against the server: what they throw on is what must not change. */
let chain: FixtureChain;
let server: RpcServer;
let url: string;

before(async () => {
  chain = await FixtureChain.of([
    [{ from: "alice", to: "bob", amount: 5n }],
    [],
    [
      { from: "alice", to: "carol", amount: 7n },
      { from: "nobody", to: "carol", amount: 7n },
    ],
    [{ from: "bob", to: "carol", amount: 1n }],
  ]);
  server = await startRpc(chain.deps(), { host: "127.0.0.1", port: 0, corsOrigins: ["*"] });
  url = `http://127.0.0.1:${server.port}`;
});
after(() => server.close());

const clients = [
  ["0.39", (at: string) => StargateClient.connect(at)],
  ["0.36", (at: string) => OlderStargateClient.connect(at) as unknown as Promise<StargateClient>],
] as const;

for (const [version, connect] of clients) {
  describe(`@cosmjs/stargate ${version}`, () => {
    let client: StargateClient;
    before(async () => (client = await connect(url)));
    after(() => client.disconnect());

    test("chain id, height, block", async () => {
      assert.equal(await client.getChainId(), CHAIN_ID);
      assert.equal(await client.getHeight(), Number(chain.height));
      const block = await client.getBlock(3);
      assert.equal(block.header.height, 3);
      assert.equal(block.header.time, "2026-01-01T00:00:03.123000000Z");
      assert.equal(block.txs.length, 2);
      assert.match(block.id, /^[0-9A-F]{64}$/);
    });

    test("account and balances, absent ones too", async () => {
      const account = await client.getAccount(address("alice"));
      assert.equal(account?.sequence, 4);
      assert.equal(await client.getAccount(address("zoe")), null);
      assert.equal((await client.getBalance(address("bob"), "utrib")).amount, "4");
      assert.deepEqual(await client.getAllBalances(address("zoe")), []);
    });

    test("getTx decodes events, data and gas; an unknown hash is null", async () => {
      const [position] = await client.searchTx([{ key: "transfer.recipient", value: address("bob") }]);
      assert.ok(position);
      const tx = await client.getTx(position.hash);
      assert.equal(tx?.height, 1);
      assert.equal(tx?.code, 0);
      assert.equal(tx?.msgResponses[0]?.typeUrl, "/cosmos.bank.v1beta1.MsgSendResponse");
      assert.equal(tx?.events.find(({ type }) => type === "transfer")?.attributes[2]?.value, "5utrib");
      assert.equal(BigInt(tx?.gasUsed ?? 0), 61_234n);
      assert.equal(await client.getTx("00".repeat(32)), null);
    });

    test("searchTx by sender and height", async () => {
      assert.equal((await client.searchTx(`message.sender='${address("alice")}' AND tx.height<=4`)).length, 2);
      assert.equal((await client.searchTx("tx.height=3")).length, 2);
      const failed = await client.searchTx(
        `message.action='/cosmos.bank.v1beta1.MsgSend' AND message.sender='${address("nobody")}'`,
      );
      assert.deepEqual(
        failed.map(({ code }) => code),
        [5],
      );
    });

    test("broadcast, then the effects are there with the search result", async () => {
      const tx = sendTx({ from: "alice", to: `dave ${version}`, amount: 3n });
      const sent = client.broadcastTx(tx, 2_000, 20);
      await new Promise((resolve) => setTimeout(resolve, 30));
      const height = await chain.commit([tx]);
      assert.equal((await sent).height, Number(height));
      assert.equal((await client.getBalance(address(`dave ${version}`), "utrib")).amount, "3");
    });

    test("a refused transaction names code and codespace", async () => {
      chain.checkResult = { code: 32, codespace: "sdk", log: "account sequence mismatch, expected 4, got 3" };
      await assert.rejects(
        client.broadcastTx(sendTx({ from: "alice", to: "bob", amount: 9n, memo: version }), 200, 20),
        /code 32.*sequence mismatch/,
      );
      chain.checkResult = {};
    });
  });
}

test("every decoder of Comet38Client", async () => {
  const client = await Comet38Client.connect(url);
  const status = await client.status();
  assert.equal(status.nodeInfo.network, CHAIN_ID);
  assert.equal(status.validatorInfo.votingPower, 10n);
  assert.equal((await client.abciInfo()).lastBlockHeight, Number(chain.height));
  const first = await client.block(1);
  assert.equal(first.block.lastCommit, null);
  const block = await client.block(3);
  assert.deepEqual(
    block.block.lastCommit?.signatures.map(({ blockIdFlag }) => blockIdFlag),
    [2, 2, 2, 1],
  );
  assert.equal((await client.blockchain(1, 100)).blockMetas[0]?.header.height, Number(chain.height));
  const results = await client.blockResults(3);
  assert.deepEqual(
    results.results.map(({ code }) => code),
    [0, 5],
  );
  assert.equal(results.finalizeBlockEvents[0]?.type, "block_reward");
  const commit = await client.commit(2);
  assert.equal(commit.canonical, true);
  assert.equal(commit.commit.signatures[0]?.signature?.length, 64);
  const genesis = await client.genesis();
  assert.equal(genesis.consensusParams.evidence?.maxAgeDuration, 172_800_000_000_000);
  assert.equal(genesis.validators.length, 4);
  assert.equal((await client.validatorsAll(2)).total, 4);
  assert.equal((await client.blockSearch({ query: "block.height >= 1 AND block.height <= 3" })).totalCount, 3);
  assert.equal((await client.numUnconfirmedTxs()).total, chain.pending.length);
  const search = await client.txSearchAll({ query: "tx.height>0", prove: true, per_page: 2 });
  assert.equal(search.txs.length, search.totalCount);
  const tx = await client.tx({ hash: search.txs[0]!.hash, prove: true });
  assert.equal(tx.proof?.proof.total, 1);
  assert.deepEqual(tx.proof?.rootHash, first.block.header.dataHash);
  assert.deepEqual(await client.health(), null);
  client.disconnect();
});

test("the batch client", async () => {
  const client = Comet38Client.create(new HttpBatchClient(url, { batchSizeLimit: 10 }));
  const heights = await Promise.all([1, 2, 3].map(async (height) => (await client.block(height)).block.header.height));
  assert.deepEqual(heights, [1, 2, 3]);
  client.disconnect();
});

test("subscriptions over the WebSocket", async () => {
  const workerData = { url: `ws://127.0.0.1:${server.port}`, recipient: address("erin") };
  const worker = new Worker(new URL("./socket-client.js", import.meta.url), { workerData });
  const seen: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (line: string) => {
        if (line === "ready") {
          const sends = ["frank", "erin"].map((to) => sendTx({ from: "alice", to, amount: 1n }));
          chain.commit(sends).catch(reject);
        } else seen.push(line);
        if (seen.length === 3) resolve();
      });
    });
  } finally {
    await worker.terminate();
  }
  assert.deepEqual(seen, ["block 2", `header ${CHAIN_ID}`, "tx 0"]);
});

test("no handler failed", () => assert.deepEqual(chain.errors, []));
