import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes, toHex, u32be, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { verifyMembership, verifyNonMembership } from "#proto/light/ics23.js";
import { STATE_PROOF_SPEC } from "#proto/light/state-spec.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { useNatives } from "#node/runtime/natives.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import type { ChainStore } from "#node/storage/types.js";
import type { Entry, Range, Write } from "#state/store/base.js";
import { MemoryBase } from "#state/store/memory.js";

useNatives();
const RETENTION = { stateHeights: 6n, proofHeights: 4n, blockHeights: 5n };

const keyOf = (i: number): Bytes => utf8(`k${i}`);
const key = fc.nat(30).map(keyOf);
const write = fc.tuple(key, fc.option(fc.uint8Array({ minLength: 1, maxLength: 2 }), { nil: undefined, freq: 2 }));
const writes = fc.uniqueArray(write, { maxLength: 12, size: "max", selector: ([at]) => toHex(at) });
const bound = fc.option(key, { nil: undefined });
const range = fc.record({
  from: bound,
  to: bound,
  reverse: fc.boolean(),
  limit: fc.option(fc.nat(4), { nil: undefined }),
});
type Step =
  { kind: "commit"; writes: Write[] } | { kind: "prune" } | { kind: "reopen" } | { kind: "crash"; kept: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("commit" as const), writes }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: "prune" }, { kind: "reopen" }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("crash" as const), kept: fc.nat(3) }) },
);

const text = ([at, value]: Entry): string => `${toHex(at)}=${toHex(value)}`;
const blockOf = (height: bigint): Bytes => utf8(`block ${height}`);
const hashOf = (height: bigint) => headerHashOf(new Uint8Array(32).fill(Number(height)));

function copy(state: MemoryBase, changes: readonly Write[]): MemoryBase {
  const next = new MemoryBase();
  next.apply([...state.range({})].map(([at, value]): Write => [at, value]));
  next.apply(changes);
  return next;
}

function compareLatest({ latest }: ChainStore, state: MemoryBase): void {
  for (let i = 0; i <= 31; i++) assert.deepEqual(latest.get(keyOf(i)), state.get(keyOf(i)));
  assert.deepEqual([...latest.range({})].map(text), [...state.range({})].map(text));
}

/** Everything the store must answer, compared with plain maps of each height. */
function compare(store: ChainStore, states: readonly MemoryBase[], ranges: readonly Range[]): void {
  const head = store.head!.height;
  assert.equal(head, BigInt(states.length - 1));
  const from = head > RETENTION.stateHeights ? head - RETENTION.stateHeights : 0n;
  for (let height = from; height <= head; height++) {
    const state = states[Number(height)]!;
    const view = store.viewAt(height);
    for (let i = 0; i <= 31; i++) {
      assert.deepEqual(view.get(keyOf(i)), state.get(keyOf(i)), `key ${i} at ${height} of ${head}`);
    }
    for (const one of [{}, ...ranges]) {
      assert.deepEqual([...view.range(one)].map(text), [...state.range(one)].map(text));
    }
    if (height === 0n) continue;
    if (height + RETENTION.blockHeights <= head) continue;
    assert.deepEqual(store.block(height), blockOf(height));
    assert.equal(store.heightOf(hashOf(height)), height);
  }
  compareLatest(store, states.at(-1)!);
  for (let height = head > RETENTION.proofHeights ? head - RETENTION.proofHeights : 0n; height <= head; height++) {
    const state = states[Number(height)]!;
    if (state.size === 0) continue;
    for (let i = 1; i <= 31; i += 3) {
      const { root, value, proof } = store.prove(keyOf(i), height);
      assert.deepEqual(root, store.rootAfter(height));
      assert.deepEqual(value, state.get(keyOf(i)));
      if (value === undefined) assert.ok(verifyNonMembership(STATE_PROOF_SPEC, root, proof, keyOf(i)));
      else assert.ok(verifyMembership(STATE_PROOF_SPEC, root, proof, keyOf(i), value));
    }
  }
}

test("the store equals plain maps of each height, through pruning, reopening and loss of power", async () => {
  await fc.assert(
    fc.asyncProperty(
      writes,
      fc.array(step, { maxLength: 25, size: "max" }),
      fc.array(range, { maxLength: 3 }),
      async (genesis, steps, ranges) => {
        const disk = new MemoryDisk();
        let store = await openChainStore(disk.open(), RETENTION);
        await store.commitGenesis({ document: utf8("genesis"), initialHeight: 1n, writes: genesis });
        const states = [copy(new MemoryBase(), genesis)];
        for (const one of steps) {
          if (one.kind === "commit") {
            const height = BigInt(states.length);
            const results = utf8("results");
            const certificate = utf8("certificate");
            const sorted = [...one.writes].sort((a, b) => compareBytes(a[0], b[0]));
            const done = store.commitHeight({
              height,
              blockHash: hashOf(height),
              block: blockOf(height),
              certificate,
              results,
              writes: sorted,
            });
            compareLatest(store, states.at(-1)!); // The commit is under way.
            await Promise.resolve();
            compareLatest(store, states.at(-1)!);
            await done;
            states.push(copy(states.at(-1)!, one.writes));
          } else if (one.kind === "prune") {
            await store.prune();
          } else {
            if (one.kind === "reopen") await store.close();
            else disk.crash((count) => Math.min(count, one.kept));
            store = await openChainStore(disk.open(), RETENTION);
            assert.deepEqual(store.genesis(), utf8("genesis"));
          }
          compare(store, states, ranges);
        }
      },
    ),
    { numRuns: Number(process.env["TRIBUTARY_RUNS"] ?? 50), seed: Number(process.env["TRIBUTARY_SEED"] ?? 6) },
  );
});

test("a loss of power during a commit leaves the height before or the height itself", async () => {
  for (let turns = 0; turns < 3; turns++) {
    const disk = new MemoryDisk();
    const store = await openChainStore(disk.open());
    await store.commitGenesis({ document: utf8("g"), initialHeight: 1n, writes: [[utf8("a"), utf8("0")]] });
    const bytes = utf8("x");
    const commit = {
      height: 1n,
      blockHash: hashOf(1n),
      block: bytes,
      certificate: bytes,
      results: bytes,
      writes: [[utf8("a"), utf8("1")] as const],
    };
    const done = store.commitHeight(commit).then(
      () => "written",
      () => "lost",
    );
    for (let i = 0; i < turns; i++) await Promise.resolve();
    disk.crash(() => 0);
    await done;
    const again = await openChainStore(disk.open());
    const height = again.head!.height;
    assert.deepEqual(again.latest.get(utf8("a")), utf8(String(height)));
    assert.deepEqual(again.rootAfter(height), again.head!.root);
  }
});

test("buckets are split as the state grows, and the root does not notice", async () => {
  const grown = await openChainStore(new MemoryDisk().open());
  await grown.commitGenesis({ document: utf8("g"), initialHeight: 1n, writes: [] });
  const all: Write[] = [];
  for (let height = 1n; height <= 8n; height++) {
    const changes = Array.from({ length: 1500 }, (_, i): Write => [u64be(height * 10_000n + BigInt(i)), u64be(height)]);
    all.push(...changes);
    const bytes = utf8("x");
    await grown.commitHeight({
      height,
      blockHash: hashOf(height),
      block: bytes,
      certificate: bytes,
      results: bytes,
      writes: changes,
    });
  }
  const disk = new MemoryDisk();
  const whole = await openChainStore(disk.open());
  await whole.commitGenesis({ document: utf8("g"), initialHeight: 1n, writes: all });
  assert.deepEqual(grown.head!.root, whole.head!.root);
  const { root, proof, value } = grown.prove(u64be(10_000n), 8n);
  assert.ok(verifyMembership(STATE_PROOF_SPEC, root, proof, u64be(10_000n), value!));
  assert.throws(() => grown.prove(u64be(10_000n), 1n), /pruned/);
  await whole.close();
  assert.deepEqual((await openChainStore(disk.open())).head!.root, grown.head!.root);
});

test("one height may change more keys than a call takes arguments", async () => {
  const store = await openChainStore(new MemoryDisk().open());
  const keys = Array.from({ length: 50_000 }, (_, i) => u32be(i));
  const bytes = utf8("x");
  await store.commitGenesis({ document: bytes, initialHeight: 1n, writes: keys.map((key): Write => [key, bytes]) });
  for (const [height, value] of [
    [1n, undefined],
    [2n, bytes],
  ] as const) {
    const writes = keys.map((key): Write => [key, value]);
    const blockHash = hashOf(height);
    await store.commitHeight({ height, blockHash, block: bytes, certificate: bytes, results: bytes, writes });
  }
  assert.deepEqual(store.rootAfter(2n), store.rootAfter(0n));
  assert.deepEqual(store.rootAfter(1n), new Uint8Array(32));
});
