import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concat, toHex, u32be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { parseQuery, type EventQuery } from "#proto/rpc/query-grammar.js";
import { matches, type MatchableEvent } from "#proto/rpc/query-match.js";
import type { BlockResults, ChainEvent } from "#proto/types/block.js";
import { indexWork, openIndexer, type Indexer } from "#node/indexer/index.js";
import type { Range, Write } from "#state/store/base.js";
import { MemoryBase } from "#state/store/memory.js";

class MemoryDb extends MemoryBase {
  failNext = false;
  async *iterate(range: Range): AsyncGenerator<readonly [Bytes, Bytes]> {
    yield* this.range(range);
  }
  write(writes: Iterable<Write>): Promise<void> {
    if (this.failNext) {
      this.failNext = false;
      return Promise.reject(new Error("the disk is full"));
    }
    this.apply(writes);
    return Promise.resolve();
  }
  dump(): string[] {
    return [...this.range({})].map(([key, value]) => `${toHex(key)}=${toHex(value)}`);
  }
}

interface Height {
  readonly txs: readonly Bytes[];
  readonly results: BlockResults;
}

const event = (type: string, attributes: Record<string, string>): ChainEvent => ({
  type,
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
});

function heightOf(
  height: bigint,
  txEvents: readonly (readonly ChainEvent[])[],
  blockEvents: readonly ChainEvent[],
): Height {
  const txs = txEvents.map((_, index) => concat(u32be(Number(height)), u32be(index)));
  const txResults = txEvents.map((events) => ({
    code: 0,
    data: new Uint8Array(0),
    log: "",
    gasWanted: 0n,
    gasUsed: 0n,
    events: [...events],
    codespace: "",
  }));
  return { txs, results: { height, txResults, blockEvents: [...blockEvents], validatorUpdates: [] } };
}

const silent = () => undefined;
function open(
  chain: readonly Height[],
  db = new MemoryDb(),
  first = 1n,
  latest = BigInt(chain.length),
  readsMax = 1_000,
): Promise<Indexer> {
  const work = indexWork(db, {
    txs: (height) => chain[Number(height) - 1]?.txs,
    results: (height) => chain[Number(height) - 1]?.results,
  });
  const [log, metrics] = [{ info: silent }, { indexed: silent }];
  const searchBounds = { reads: readsMax, ms: 60_000 };
  return openIndexer({ db, work, firstHeight: () => first, log, metrics, searchBounds }, latest);
}

const parsed = (text: string): EventQuery => {
  const query = parseQuery(text);
  assert.ok(!isRejection(query), text);
  return query;
};

const word = fc.constantFrom("a", "b", "5", "10utrib", "7.5");
const events = fc.array(
  fc
    .record({ type: fc.constantFrom("app", "app", "app", "tx", "transfer"), x: word, y: word })
    .map(({ type, x, y }) => event(type, { x, y })),
  { maxLength: 3 },
);
const chains = fc
  .array(fc.tuple(fc.array(events, { maxLength: 3 }), events), { minLength: 1, maxLength: 6 })
  .map((heights) => heights.map(([txs, block], i) => heightOf(BigInt(i + 1), txs, block)));
const conditions = fc
  .record({
    tag: fc.constantFrom("app.x", "app.y", "app.x", "app.y", "tx.x", "transfer.y"),
    op: fc.constantFrom("='a'", "='10utrib'", "=5", ">5", "<=7.5", " CONTAINS 'u'", " EXISTS"),
  })
  .map(({ tag, op }) => `${tag}${op}`);
const heightConditions = fc.constantFrom(
  "",
  "height>2",
  "height<=3",
  "height=2",
  "height>=2.5",
  "height<4.5",
  "height EXISTS",
);

/** All transactions that the matcher takes, by looking at every one of them. */
function byMatcher(chain: readonly Height[], query: EventQuery): string[] {
  return chain.flatMap(({ txs, results }) =>
    txs.flatMap((tx, index) => {
      const own: MatchableEvent[] = [
        event("tx", { height: String(results.height) }),
        event("tx", { hash: toHex(sha256(tx)) }),
        event("tm", { event: "Tx" }),
      ];
      return matches(query, [...own, ...results.txResults[index]!.events]) ? [`${results.height}/${index}`] : [];
    }),
  );
}

test("search finds what the matcher takes, in both orders, page by page", async () => {
  await fc.assert(
    fc.asyncProperty(chains, fc.array(conditions, { maxLength: 3 }), heightConditions, async (chain, list, height) => {
      const text = [...list, height === "" ? "tm.event='Tx'" : `tx.${height}`].join(" AND ");
      const query = parsed(text);
      const { search } = await open(chain);
      const expected = byMatcher(chain, query);
      for (const descending of [false, true]) {
        const ordered = descending ? expected.toReversed() : expected;
        for (const [skip, limit] of [
          [0, 100],
          [1, 2],
        ] as const) {
          const found = await search.txs(query, { descending, skip, limit });
          assert.ok(!isRejection(found));
          assert.equal(found.total, expected.length, text);
          assert.deepEqual(
            found.items.map((at) => `${at.height}/${at.index}`),
            ordered.slice(skip, skip + limit),
            text,
          );
        }
      }
    }),
    { seed: 11, numRuns: 150 },
  );
});

test("a rebuilt index is the live one, byte for byte", async () => {
  await fc.assert(
    fc.asyncProperty(chains, async (chain) => {
      const live = new MemoryDb();
      const indexer = await open(chain, live, 1n, 0n);
      for (let height = 1n; height <= BigInt(chain.length); height++) await indexer.follow(height);
      const late = new MemoryDb();
      await open(chain, late);
      assert.deepEqual(late.dump(), live.dump());
      await indexer.rebuild(BigInt(chain.length));
      assert.deepEqual(live.dump(), late.dump());
    }),
    { seed: 3, numRuns: 40 },
  );
});

const three = [
  heightOf(1n, [[event("app", { x: "a" })]], [event("epoch", { n: "1" })]),
  heightOf(2n, [[], [event("app", { x: "b" })]], []),
  heightOf(3n, [], [event("epoch", { n: "2" })]),
];

test("conditions on one type hold within one event, on two types anywhere in the transaction", async () => {
  const own = [event("app", { x: "a", y: "b" }), event("app", { x: "c", y: "d" }), event("transfer", { y: "e" })];
  const { search } = await open([heightOf(1n, [own], [])]);
  for (const [text, total] of [
    ["app.x='a' AND app.y='b'", 1],
    ["app.x='a' AND app.y='d'", 0],
    ["app.x='a' AND app.y CONTAINS 'd'", 0],
    ["app.x='a' AND transfer.y='e'", 1],
  ] as const) {
    const found = await search.txs(parsed(text), { descending: false, skip: 0, limit: 1 });
    assert.ok(!isRejection(found));
    assert.equal(found.total, total, text);
  }
});

test("blocks by their own events and by height", async () => {
  const { search } = await open(three);
  const all = { descending: false, skip: 0, limit: 10 };
  for (const [text, heights] of [
    ["epoch.n EXISTS", [1n, 3n]],
    ["epoch.n>1", [3n]],
    ["block.height>=2 AND epoch.n EXISTS", [3n]],
    ["block.height<3", [1n, 2n]],
    ["block.height=9", []],
    ["tm.event='NewBlock'", [1n, 2n, 3n]],
    ["app.x='a'", []],
  ] as const) {
    const found = await search.blocks(parsed(text), all);
    assert.ok(!isRejection(found));
    assert.deepEqual(found.items, heights, text);
  }
});

test("a hash in either case, with other conditions, or of nothing", async () => {
  const { search } = await open(three);
  const hash = toHex(sha256(three[1]!.txs[1]!));
  for (const [text, total] of [
    [`tx.hash='${hash}'`, 1],
    [`tx.hash='${hash.toUpperCase()}' AND app.x='b'`, 1],
    [`tx.hash='${hash}' AND app.x='a'`, 0],
    [`tx.hash='${hash}' AND tx.height=1`, 0],
    [`tx.hash='${hash}' AND tx.hash='${toHex(sha256(three[0]!.txs[0]!))}'`, 0],
    ["tx.hash='zz'", 0],
  ] as const) {
    const found = await search.txs(parsed(text), { descending: false, skip: 0, limit: 1 });
    assert.ok(!isRejection(found));
    assert.equal(found.total, total, text);
  }
});

test("tags of the other search, and comparisons of hashes, are refused by name", async () => {
  const { search } = await open(three);
  const all = { descending: false, skip: 0, limit: 1 };
  assert.ok(isRejection(await search.txs(parsed("block.height=1"), all)));
  assert.ok(isRejection(await search.blocks(parsed("tx.height=1"), all)));
  assert.ok(isRejection(await search.txs(parsed("tx.hash CONTAINS 'A'"), all)));
});

test("a height that is forgotten leaves nothing behind", async () => {
  const db = new MemoryDb();
  const indexer = await open(three, db);
  for (const height of [1n, 2n, 3n]) await indexer.forget(height);
  assert.equal(db.dump().length, 1); // The cursor.
});

test("a failed write stops that call only; the next one takes the height up again", async () => {
  const db = new MemoryDb();
  const indexer = await open(three, db, 1n, 0n);
  db.failNext = true;
  await assert.rejects(indexer.follow(2n), /disk is full/);
  assert.equal(indexer.cursor(), 0n);
  await indexer.follow(3n);
  assert.equal(indexer.cursor(), 3n);
  const late = new MemoryDb();
  await open(three, late);
  assert.deepEqual(db.dump(), late.dump());
});

test("an index ahead of the chain or of another format is built again", async () => {
  const clean = new MemoryDb();
  await open(three, clean, 1n, 2n);
  const ahead = new MemoryDb();
  await open(three, ahead);
  await open(three, ahead, 1n, 2n);
  assert.deepEqual(ahead.dump(), clean.dump());
  const [[cursor, value]] = [...ahead.range({ limit: 1 })] as [readonly [Bytes, Bytes]];
  ahead.apply([[cursor, Uint8Array.from(value, (byte, i) => (i === 0 ? 99 : byte))]]);
  await open(three, ahead, 1n, 2n);
  assert.deepEqual(ahead.dump(), clean.dump());
});

test("a pruned start is skipped, and heights below it are not found", async () => {
  const { search } = await open(three, new MemoryDb(), 2n);
  const found = await search.txs(parsed("tx.height>0"), { descending: false, skip: 0, limit: 10 });
  assert.ok(!isRejection(found));
  assert.deepEqual(
    found.items.map((at) => at.height),
    [2n, 2n],
  );
});

test("a search reads a bounded part of the index", async () => {
  const many = heightOf(
    1n,
    [],
    Array.from({ length: 1_001 }, (_, i) => event("e", { n: String(i) })),
  );
  const { search } = await open([many]);
  const all = { descending: false, skip: 0, limit: 1 };
  const refused = await search.blocks(parsed("e.n>=0"), all);
  assert.ok(isRejection(refused));
  assert.equal(refused.name, "tooBroad");
  const exact = await search.blocks(parsed("e.n='7'"), all);
  assert.ok(!isRejection(exact));
  assert.equal(exact.total, 1);
});
