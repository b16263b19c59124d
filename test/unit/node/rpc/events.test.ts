import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT_NAMES, published, type EventName } from "#node/rpc/events/node-events.js";
import { eventHub } from "#node/rpc/events/hub.js";
import type { NodeEvent, RpcChain } from "#node/rpc/deps.js";
import { isRejection } from "#proto/rejection.js";
import { parseQuery, type EventQuery } from "#proto/rpc/query-grammar.js";
import { blockCodec } from "#proto/types/block.js";
import { blockIdOf } from "#proto/types/parts.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { LoneChain } from "#test/fixtures/lone-chain.js";
import { silent } from "../../p2p/silent.js";

/** A chain whose only block holds so many copies of one transaction; counts what is read of it. */
async function chainOf(txs: number): Promise<{ readonly chain: RpcChain; readonly reads: string[] }> {
  const retention = { stateHeights: 10n, proofHeights: 10n, blockHeights: 0n };
  const lone = await LoneChain.open(await openChainStore(new MemoryDisk().open(), retention));
  const { bytes } = await lone.propose();
  const block = blockCodec.decode(bytes);
  assert.ok(!isRejection(block) && block.header !== undefined);
  const stored = {
    block: { ...block, txs: Array.from({ length: txs }, () => block.txs[0]!) },
    id: blockIdOf(block.header, bytes),
    bytes: bytes.length,
  };
  const result = { code: 0, data: bytes, log: "", gasWanted: 1n, gasUsed: 1n, events: [], codespace: "" };
  const txResults = block.txs.length === 0 ? [] : stored.block.txs.map(() => result);
  const reads: string[] = [];
  const chain = {
    block: () => (reads.push("block"), stored),
    results: () => (reads.push("results"), { height: 1n, txResults, blockEvents: [], validatorUpdates: [] }),
    validators: () => (reads.push("validators"), undefined),
  } as unknown as RpcChain;
  return { chain, reads };
}

const committed: NodeEvent = { kind: "committed", height: 1n };
const only =
  (...names: readonly EventName[]) =>
  (name: EventName): boolean =>
    names.includes(name);

for (const txs of [10, 1_000]) {
  test(`who wants headers has nothing made of the transactions: ${txs} of them`, async () => {
    const { chain, reads } = await chainOf(txs);
    assert.equal((await published(chain, committed, only("NewBlockHeader"))).length, 1);
    assert.deepEqual(reads, ["block", "results"]);
    assert.equal((await published(chain, committed, only("Tx"))).length, txs);
    assert.equal((await published(chain, committed, () => true)).length, txs + 3);
  });
}

test("of a block nothing is read for who wants votes alone", async () => {
  const { chain, reads } = await chainOf(1);
  const others = EVENT_NAMES.filter((name) => !/^New(Block|Evidence)|^Tx$|Validator/.test(name));
  assert.deepEqual(await published(chain, committed, only(...others)), []);
  assert.deepEqual(reads, []);
});

test("a query that names no event, or names it by more than equality, gets what it matches", async () => {
  const { chain } = await chainOf(3);
  const sent = async (...texts: readonly string[]): Promise<number[]> => {
    let listener: ((event: NodeEvent) => void) | undefined;
    const events = { listen: (heard: (event: NodeEvent) => void) => ((listener = heard), () => undefined) };
    const hub = eventHub({ chain, events, log: silent }, 10);
    const counts = texts.map(() => 0);
    for (const [i, text] of texts.entries()) {
      hub.add({ query: parseQuery(text) as EventQuery, deliver: () => void counts[i]!++ });
    }
    listener!(committed);
    for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve));
    hub.close();
    return counts;
  };
  assert.deepEqual(await sent("tm.event='Tx'"), [3]);
  assert.deepEqual(await sent("tm.event='NewBlockHeader'", "tm.event='Tx' AND tx.height=1"), [1, 3]);
  assert.deepEqual(await sent("tx.height=1", "tm.event='NewBlock'"), [3, 1]);
  assert.deepEqual(await sent("tm.event CONTAINS 'Block'"), [3]);
  assert.deepEqual(await sent("tm.event EXISTS"), [6]);
});
