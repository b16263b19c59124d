import assert from "node:assert/strict";
import { test } from "node:test";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import type { Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { Mempool } from "#node/mempool/mempool.js";
import { rpcPorts, type RpcWorld } from "#node/compose/rpc-ports.js";
import { LoneChain } from "../../../fixtures/lone-chain.js";
import { person, signedTx } from "../../state/world.js";

const alice = person("alice");

function transfer(sequence: bigint): Bytes {
  const amount = [{ denom: "utrib", amount: "1000" }];
  const value = MsgSend.encode({ fromAddress: alice.text, toAddress: person("bob").text, amount }).finish();
  return signedTx(alice, [{ typeUrl: MsgSend.typeUrl, value }], { number: 0n, sequence, gas: 200_000n });
}

test("asking for a transaction's outcome changes nothing for its sender", async () => {
  const retention = { stateHeights: 10n, proofHeights: 10n, blockHeights: 0n };
  const { chain } = await LoneChain.open(await openChainStore(new MemoryDisk().open(), retention));
  const mempool = new Mempool(chain);
  const world = { node: { chain, mempool }, genesis: {} } as unknown as RpcWorld;
  const ports = rpcPorts(world).mempool;
  for (let asked = 0; asked < 2; asked++) {
    assert.equal((await ports.check(transfer(0n))).code, 0);
    assert.notEqual((await ports.check(transfer(1n))).code, 0, "the one before it is in no pool");
  }
  assert.ok(!isRejection(await mempool.admit(transfer(0n))));
  assert.equal((await ports.check(transfer(1n))).code, 0, "what waits in the pool counts");
  assert.ok(!isRejection(await mempool.admit(transfer(1n))));
  assert.equal(mempool.size, 2);
});
