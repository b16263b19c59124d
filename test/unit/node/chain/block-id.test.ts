import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionError } from "#proto/assert.js";
import { isRejection } from "#proto/rejection.js";
import { equalBlockIds, type BlockId } from "#proto/types/block-id.js";
import { blockCodec, certificateCodec } from "#proto/types/block.js";
import { blockIdOf } from "#proto/types/parts.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { LoneChain } from "../../../fixtures/lone-chain.js";

/** The chain knows a block by its whole id: neither its header's hash nor a certificate for that is enough. */

async function standing() {
  const lone = await LoneChain.open(await openChainStore(new MemoryDisk().open()));
  await lone.grow(2);
  return { lone, ...(await lone.propose()) };
}

/** The same header over other transactions. */
function withOtherBody(bytes: Uint8Array): Uint8Array {
  const block = blockCodec.decode(bytes, bytes.length);
  assert.ok(!isRejection(block));
  return blockCodec.encode({ ...block, txs: [...block.txs, new Uint8Array(100)] });
}

const certificate = (height: bigint, blockId: BlockId) =>
  certificateCodec.encode({ height, round: 0, blockId, signatures: [] });

test("other bytes below a header that was executed are judged anew, and are invalid", async () => {
  const { lone, bytes, blockId } = await standing();
  const honest = await lone.chain.process(bytes);
  assert.ok(honest.valid && equalBlockIds(honest.blockId, blockId));
  const swapped = withOtherBody(bytes);
  const verdict = await lone.chain.process(swapped);
  assert.deepEqual([verdict.valid, verdict.reason], [false, "header field txRoot"]);
  assert.ok(!equalBlockIds(verdict.blockId, blockId), "it is told by its own id");
  await assert.rejects(lone.chain.commit(swapped, certificate(3n, blockId)), /invalid here: header field txRoot/);
});

test("a block is committed only with a certificate for all of its id", async () => {
  const { lone, bytes, blockId } = await standing();
  const { total, hash } = blockId.parts!;
  const wrong: Uint8Array[] = [
    certificate(3n, { ...blockId, parts: { total: total + 1, hash } }),
    certificate(3n, blockIdOf(headerOf(bytes), withOtherBody(bytes))),
    certificate(2n, blockId),
  ];
  for (const each of wrong) await assert.rejects(lone.chain.commit(bytes, each), AssertionError);
  assert.equal((await lone.chain.tip()).height, 2n);
  const { tip } = await lone.chain.commit(bytes, certificate(3n, blockId));
  assert.ok(equalBlockIds(tip.blockId, blockId));
});

function headerOf(bytes: Uint8Array) {
  const block = blockCodec.decode(bytes, bytes.length);
  assert.ok(!isRejection(block) && block.header !== undefined);
  return block.header;
}

test("a height whose certificate names other parts than its block has is not gone on from", async () => {
  const { lone, bytes, blockId } = await standing();
  const { total, hash } = blockId.parts!;
  await lone.store.commitHeight({
    ...{ height: 3n, blockHash: blockId.hash, block: bytes, results: new Uint8Array(0), writes: [] },
    certificate: certificate(3n, { ...blockId, parts: { total: total + 1, hash } }),
  });
  await assert.rejects(LoneChain.open(lone.store), { code: "lost_block", message: /that the certificate names/ });
});
