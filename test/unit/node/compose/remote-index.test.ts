import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { u64be } from "#proto/bytes.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { remoteIndex } from "#node/compose/remote-index.js";
import { openIndexer } from "#node/indexer/indexer.js";
import { blockReader } from "#node/storage/chain-reader.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { openLevel } from "#node/storage/database/level.js";

const silent = () => undefined;

test("the index is written in a thread of its own, and read beside it; what is damaged there is told here", async () => {
  const root = mkdtempSync(join(tmpdir(), "tributary-index-"));
  const [chainDirectory, indexDirectory] = [join(root, "chain.db"), join(root, "tx_index.db")];
  const [chainDb, indexDb] = [await openLevel(chainDirectory), await openLevel(indexDirectory)];
  const lost: Error[] = [];
  const { work, close } = remoteIndex({ chainDirectory, indexDirectory }, (error) => lost.push(error));
  try {
    const store = await openChainStore(chainDb, { stateHeights: 10n, proofHeights: 10n, blockHeights: 0n });
    await store.commitGenesis({ document: u64be(1n), initialHeight: 1n, writes: [] });
    const blocks = blockReader(chainDb);
    const indexed: bigint[] = [];
    const metrics = { indexed: (height: bigint) => void indexed.push(height) };
    const firstHeight = () => blocks.firstBlock;
    const indexer = await openIndexer({ db: indexDb, work, firstHeight, log: { info: silent }, metrics }, 0n);
    for (let height = 1n; height <= 3n; height++) {
      const blockHash = headerHashOf(new Uint8Array(32).fill(Number(height)));
      const none = new Uint8Array(0);
      await store.commitHeight({ height, blockHash, block: none, certificate: none, results: none, writes: [] });
      await indexer.follow(height);
      assert.equal(indexer.cursor(), height);
    }
    assert.deepEqual(indexed, [1n, 2n, 3n]);
    await indexer.rebuild(2n);
    assert.equal(indexer.cursor(), 2n);
    const [record] = [...chainDb.range({ limit: 1_000 })].filter(([, value]) => value.length === 4);
    await chainDb.write([[record![0], new Uint8Array(3)]], { sync: false });
    await assert.rejects(indexer.rebuild(3n), { code: "storage.corrupt_record" });
    assert.deepEqual(lost, []);
  } finally {
    await close();
    await indexDb.close();
    await chainDb.close();
    rmSync(root, { recursive: true, force: true });
  }
});
