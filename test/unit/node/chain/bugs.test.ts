import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionError, present } from "#proto/assert.js";
import { readU32be, toHex, u64be, type Bytes } from "#proto/bytes.js";
import { signEd25519 } from "#proto/crypto/ed25519.js";
import { isRejection } from "#proto/rejection.js";
import { blockCodec, evidenceCodec } from "#proto/types/block.js";
import { PREVOTE, voteSignBytes, type Vote } from "#proto/types/vote.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { StorageFault } from "#node/storage/fault.js";
import type { ChainStore } from "#node/storage/types.js";
import type { Base } from "#state/store/base.js";
import { pastBlock } from "#state/modules/chain/index.js";
import { LONE_ADDRESS, LONE_SEED, LoneChain, loneGenesis } from "../../../fixtures/lone-chain.js";
import { blockIdOf, pair, votesEvidence } from "../../proto/evidence/world.js";
import { person } from "../../state/world.js";

/** A store in which reads of records of `address` throw `error`, while it is set; with `once`, the first of them. */
function trapped(store: ChainStore, address = person("alice").address) {
  const trap: { error: Error | undefined; once: boolean } = { error: undefined, once: false };
  const latest: Base = {
    get(key) {
      const { error } = trap;
      if (error === undefined || !toHex(key).includes(toHex(address))) return store.latest.get(key);
      if (trap.once) trap.error = undefined;
      throw error;
    },
    range: (range) => store.latest.range(range),
  };
  const proxy = new Proxy(store, {
    get(target, name) {
      if (name === "latest") return latest;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { trap, proxy };
}

test("before a decision a bug refuses the block or the transaction; a fault is thrown on (D13)", async () => {
  const { trap, proxy } = trapped(await openChainStore(new MemoryDisk().open()));
  const lone = await LoneChain.open(proxy);
  await lone.grow(1);
  const { bytes } = await lone.propose();
  const block = blockCodec.decode(bytes, bytes.length);
  assert.ok(!isRejection(block));
  const { chain } = await LoneChain.open(proxy); // It has executed nothing yet.
  for (const bug of [new AssertionError("a sum"), new TypeError("x of undefined")]) {
    trap.error = bug;
    const { valid, reason } = await chain.process(bytes);
    assert.deepEqual([valid, reason], [false, `the block met a bug: ${bug.message}`]);
    const [judged] = await chain.check(block.txs);
    assert.ok(isRejection(judged));
    assert.equal(judged.data["why"], `admission met a bug: ${bug.message}`);
  }
  trap.error = new StorageFault("storage.read", "the disk");
  await assert.rejects(chain.process(bytes), StorageFault);
  await assert.rejects(chain.check(block.txs), StorageFault);
  trap.error = undefined;
  assert.ok((await chain.process(bytes)).valid);
});

/** The lone validator voted for two blocks at height 1. */
async function evidenceOf(lone: LoneChain): Promise<Bytes> {
  const { chainId } = loneGenesis();
  const votes = pair("one", "two").map((block): Vote => {
    const vote = { type: PREVOTE, height: 1n, round: 0, blockId: blockIdOf(block), validator: LONE_ADDRESS };
    return { index: 0, signature: signEd25519(voteSignBytes(chainId, vote), LONE_SEED), ...vote };
  });
  const { time } = present(pastBlock(lone.store.latest, 1n), "height 1 was decided");
  assert.equal((await lone.chain.tip()).height, 2n);
  return evidenceCodec.encode(votesEvidence(votes[0]!, votes[1]!, { totalPower: 10n, validatorPower: 10n, time }));
}

test("evidence that meets a bug is refused, and the block that holds it is invalid (D13)", async () => {
  const { trap, proxy } = trapped(await openChainStore(new MemoryDisk().open()), LONE_ADDRESS);
  const lone = await LoneChain.open(proxy);
  await lone.grow(2);
  const piece = await evidenceOf(lone);
  const { bytes } = await lone.build([], [piece]);
  const { chain } = await LoneChain.open(proxy); // It has executed nothing yet.
  const bug = new AssertionError("a sum");
  const meets = (error: Error): void => void Object.assign(trap, { error, once: true });

  meets(bug);
  const [judged] = await chain.judgeEvidence([piece]);
  assert.ok(isRejection(judged));
  assert.equal(judged.data["why"], "evidence met a bug: a sum");
  meets(bug);
  const { valid, reason } = await chain.process(bytes);
  assert.deepEqual([valid, reason], [false, "the block met a bug: a sum"]);
  meets(bug);
  const built = blockCodec.decode((await lone.build([], [piece])).bytes);
  assert.ok(!isRejection(built));
  assert.deepEqual(built.evidence, []);
  for (const run of [() => chain.judgeEvidence([piece]), () => chain.process(bytes)]) {
    meets(new StorageFault("storage.read", "the disk"));
    await assert.rejects(run, StorageFault);
  }
  const [offences] = await chain.judgeEvidence([piece]);
  assert.ok(!isRejection(offences) && offences!.length === 1);
  assert.ok((await chain.process(bytes)).valid);
});

test("an integer out of range is a broken assertion", () => {
  for (const broken of [() => u64be(-1n), () => u64be(1n << 64n), () => readU32be(new Uint8Array(3))]) {
    assert.throws(broken, AssertionError);
  }
});
