import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis, type GenesisDocument } from "#proto/types/genesis.js";
import { exportGenesis } from "#node/home/export-genesis.js";
import { useNatives } from "#node/runtime/natives.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import type { ChainStore } from "#node/storage/types.js";
import { LoneChain } from "#test/fixtures/lone-chain.js";

useNatives();
const documentOf = (store: ChainStore, height?: bigint): GenesisDocument =>
  JSON.parse([...exportGenesis(store, height)].join("")) as GenesisDocument;

/** Validators with their priorities, the beacon and the past heights: the course of a chain, not its content. */
const COURSE = new Set(["0002", "0004", "0005", "0006", "0007"]);
const content = (store: ChainStore, height: bigint): string[] =>
  [...store.viewAt(height).range({})]
    .filter(([key]) => !COURSE.has(toHex(key.subarray(0, 2))))
    .map(([key, value]) => `${toHex(key)}=${toHex(value)}`);

test("a chain that begins with an exported state has its content, at the last height and at an earlier one", async () => {
  const store = await openChainStore(new MemoryDisk().open());
  await (await LoneChain.open(store)).grow(5);
  for (const height of [5n, 3n]) {
    const document = documentOf(store, height);
    const genesis = parseGenesis(document);
    assert.ok(!isRejection(genesis));
    const again = await openChainStore(new MemoryDisk().open());
    await LoneChain.open(again, genesis);
    assert.deepEqual(content(again, 0n), content(store, height));
    const { genesis_time: time, ...rest } = documentOf(again);
    assert.deepEqual({ ...rest, genesis_time: time }, document);
  }
  assert.throws(() => documentOf(store, 9n), /not committed yet/);
});
