import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { test } from "node:test";
import { u64be } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { parseQuery } from "#proto/rpc/query-grammar.js";
import type { BlockResults } from "#proto/types/block.js";
import { openIndexer } from "#node/indexer/indexer.js";
import { indexWork } from "#node/indexer/work.js";
import { remoteSearch } from "#node/compose/remote-search.js";
import { BusyFault } from "#node/runtime/gate.js";
import { openLevel } from "#node/storage/database/level.js";

const HEIGHTS = 40n;
const PER_BLOCK = 40;
const WINDOW = { descending: false, skip: 0, limit: 5 };

function resultsOf(height: bigint): BlockResults {
  const attributes = [{ key: "sender", value: `of ${height % 7n}` }];
  const one = { code: 0, codespace: "", data: u64be(0n), log: "", gasWanted: 0n, gasUsed: 0n };
  const txResults = Array.from({ length: PER_BLOCK }, () => ({ ...one, events: [{ type: "transfer", attributes }] }));
  return { height, txResults, blockEvents: [], validatorUpdates: [] };
}

const asked = (text: string) => {
  const query = parseQuery(text);
  if (isRejection(query)) throw new Error(text);
  return query;
};

test("broad searches walk in a thread of their own, a bounded number at once, and find the same", async () => {
  const root = mkdtempSync(join(tmpdir(), "tributary-search-"));
  const directory = join(root, "tx_index.db");
  const db = await openLevel(directory);
  const silent = () => undefined;
  const txs = (height: bigint) => Array.from({ length: PER_BLOCK }, (_, i) => u64be(height * 1000n + BigInt(i)));
  const work = indexWork(db, { txs, results: resultsOf });
  const [firstHeight, log, metrics] = [() => 1n, { info: silent }, { indexed: silent }];
  const indexer = await openIndexer({ db, work, firstHeight, log, metrics }, HEIGHTS);
  const heights = () => ({ first: 1n, last: HEIGHTS });
  const { search, close } = remoteSearch({ directory }, { tx: indexer.search.tx, heights, onLost: assert.fail });
  try {
    for (const text of ["transfer.sender = 'of 3'", "transfer.sender EXISTS", "tx.height > 38"]) {
      assert.deepEqual(await search.txs(asked(text), WINDOW), await indexer.search.txs(asked(text), WINDOW), text);
    }
    assert.deepEqual(await search.blocks(asked("block.height > 39"), WINDOW), { total: 1, items: [40n] });
    await indexer.follow(HEIGHTS);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const broad = asked("transfer.sender CONTAINS 'of' AND transfer.sender EXISTS");
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => search.txs(broad, WINDOW)));
    delay.disable();
    const refused = all.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
    assert.equal(refused.length, 2);
    assert.ok(refused.every((reason) => reason instanceof BusyFault));
    const walked = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    assert.ok(walked.every((found) => !isRejection(found) && found.total === Number(HEIGHTS) * PER_BLOCK));
    const entries = Number(HEIGHTS) * PER_BLOCK * 2;
    assert.ok(delay.mean / 1e6 < 50, `the loop was late by ${delay.mean / 1e6} ms while 18 walked ${entries} entries`);
  } finally {
    await close();
    await db.close();
    rmSync(root, { recursive: true, force: true });
  }
});
