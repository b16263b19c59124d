import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionError } from "#proto/assert.js";
import { readU32be, toHex, u64be } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { blockCodec } from "#proto/types/block.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { StorageFault } from "#node/storage/fault.js";
import type { ChainStore } from "#node/storage/types.js";
import type { Base } from "#state/store/base.js";
import { LoneChain } from "../../../fixtures/lone-chain.js";
import { person } from "../../state/world.js";

/** A store in which reads of alice's records throw `error`, while it is set. */
function trapped(store: ChainStore) {
  const trap: { error: Error | undefined } = { error: undefined };
  const { address } = person("alice");
  const latest: Base = {
    get(key) {
      if (trap.error !== undefined && toHex(key).includes(toHex(address))) throw trap.error;
      return store.latest.get(key);
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
    assert.deepEqual([valid, reason], [false, `execution met a bug: ${bug.message}`]);
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

test("an integer out of range is a broken assertion", () => {
  for (const broken of [() => u64be(-1n), () => u64be(1n << 64n), () => readU32be(new Uint8Array(3))])
    assert.throws(broken, AssertionError);
});
