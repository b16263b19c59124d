import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BadAnswer, client, httpTransport, RpcError, type Client } from "#proto/client/index.js";
import { sha256 } from "#proto/crypto/hash.js";
import { certificateRoot, headerHash } from "#proto/types/block.js";
import { startRpc, type RpcServer } from "#node/rpc/index.js";
import { CHAIN_ID, FixtureChain, sendTx } from "#test/unit/node/rpc/fixture-chain.js";

let chain: FixtureChain;
let server: RpcServer;
let node: Client;

before(async () => {
  chain = await FixtureChain.of([[{ from: "alice", to: "bob", amount: 5n }], []]);
  server = await startRpc(chain.deps(), { host: "127.0.0.1", port: 0, corsOrigins: [] });
  node = client(httpTransport(`http://127.0.0.1:${server.port}`, fetch));
});
after(() => server.close());

test("status, in our types", async () => {
  const status = await node.status();
  assert.deepEqual(
    [status.chainId, status.height, status.earliestHeight, status.catchingUp],
    [CHAIN_ID, 2n, 1n, false],
  );
  assert.equal(status.blockHash.length, 32);
  assert.equal(status.validator.power, 10n);
});

test("a transaction by hash; an unknown one is undefined", async () => {
  const tx = chain.at(1n)!.sealed.block.txs[0]!;
  const found = await node.tx(sha256(tx));
  assert.deepEqual(found?.tx, tx);
  assert.deepEqual([found.height, found.index, found.result.code, found.result.gasUsed], [1n, 0, 0, 61_234n]);
  assert.equal(await node.tx(new Uint8Array(32)), undefined);
  assert.equal((await node.txSearch("tx.height>0", { order: "desc", perPage: 1 })).total, 1);
});

test("what a verifier needs comes whole and canonical", async () => {
  const { header, certificate, validators } = await node.lightBlock(2n);
  assert.deepEqual(headerHash(header), chain.at(2n)!.sealed.id.hash);
  assert.deepEqual(certificate, chain.at(2n)!.certificate);
  assert.deepEqual(validators, chain.at(2n)!.validators);
  const raw = await node.rawBlock(2n);
  assert.deepEqual(raw.block, chain.at(2n)!.sealed.block);
  assert.deepEqual(certificateRoot(raw.block.lastCertificate), raw.block.header?.lastCertificateRoot);
});

test("broadcast, queries, validators, results, genesis", async () => {
  const sent = await node.broadcastTxSync(sendTx({ from: "alice", to: "bob", amount: 1n }));
  assert.equal(sent.code, 0);
  const absent = await node.abciQuery("/cosmos.auth.v1beta1.Query/Account", Uint8Array.of(10, 1, 120));
  assert.equal(absent.code, 22);
  assert.match(absent.log, /code = NotFound/);
  assert.equal(absent.height, 2n);
  assert.equal((await node.validators()).length, 4);
  assert.equal((await node.blockResults(1n)).txs[0]?.code, 0);
  assert.equal((await node.genesis())["chain_id"], CHAIN_ID);
  assert.equal((await node.commit(1n)).canonical, true);
});

test("the node's refusal is an RpcError with its sentence, and says whether something is missing", async () => {
  const refused = async (call: Promise<unknown>): Promise<RpcError> => {
    const error: unknown = await call.then(
      () => undefined,
      (cause: unknown) => cause,
    );
    assert.ok(error instanceof RpcError);
    return error;
  };
  const future = await refused(node.block(99n));
  assert.deepEqual([future.code, future.reason], [-32603, "not_found"]);
  assert.match(future.message, /99/);
  const absent = await refused(node.call("tx", { hash: new Uint8Array(32) }));
  assert.deepEqual([absent.code, absent.reason], [-32603, "not_found"]);
  assert.equal((await refused(node.call("tx", { hash: new Uint8Array(3) }))).reason, undefined);
});

for (const [name, answer] of [
  ["a proxy's page", "<html>502</html>"],
  ["a list", "[]"],
  ["an empty object", "{}"],
  ["bytes that are not canonical", '{"result":{"header":"CAE=","certificate":"/w==","validators":""}}'],
] as const) {
  test(`${name} is a BadAnswer`, async () => {
    const liar = client({ send: () => Promise.resolve(answer) });
    await assert.rejects(liar.lightBlock(1n), BadAnswer);
  });
}
