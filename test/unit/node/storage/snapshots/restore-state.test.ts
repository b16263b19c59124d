import assert from "node:assert/strict";
import { test } from "node:test";
import { compareBytes, toHex, u32be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { leafHash } from "#proto/light/state-spec.js";
import { headerHashOf } from "#proto/types/block-id.js";
import type { Write } from "#state/store/base.js";
import { useNatives } from "#node/runtime/natives.js";
import { openChainStore } from "#node/storage/chain-store.js";
import type { Db } from "#node/storage/database/db.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { MemoryFiles } from "#node/storage/files/memory-files.js";
import { Records } from "#node/storage/database/records.js";
import { Catalog } from "#node/storage/snapshots/catalog.js";
import { packState } from "#node/storage/snapshots/create.js";
import { packChunk, readChunk, type Manifest } from "#node/storage/snapshots/format.js";
import { readProgress } from "#node/storage/snapshots/restore-record.js";
import { loadState } from "#node/storage/snapshots/restore-state.js";
import type { StateLeaf } from "#node/storage/snapshots/state-after.js";
import { foldRoots } from "#node/storage/snapshots/subtrees.js";
import { single } from "#node/storage/database/tables.js";

useNatives();
const NAME = sha256(utf8("a snapshot"));
const genesis = { document: utf8("{}"), initialHeight: 1n };
const KEYS = 300;
const AT = 3; // The chunk that is tampered with.

const writesOf = (count: number): Write[] =>
  Array.from({ length: count }, (_, i) => [u32be(i), new Uint8Array(1 + ((i * 13) % 60)).fill(i)]);

/** A state of this number of keys, after genesis and one more height, in chunks of a catalog. */
async function packed(count: number) {
  const db = new MemoryDisk().open();
  const store = await openChainStore(db);
  const writes = writesOf(count);
  await store.commitGenesis({ ...genesis, writes: [...writes, [utf8("gone"), utf8("later")]] });
  const none = new Uint8Array(1);
  await store.commitHeight({
    height: 1n,
    blockHash: headerHashOf(NAME),
    block: none,
    certificate: none,
    results: none,
    writes: [[utf8("gone"), undefined]],
  });
  const catalog = new Catalog(new MemoryFiles().mount(), "/snapshots");
  await catalog.open();
  const chunks = await packState(new Records(db), catalog, 1n, 1000);
  const named = { chainId: "test-1", headerHash: headerHashOf(NAME), genesisHash: NAME, decided: NAME };
  const manifest: Manifest = { format: 1, height: 2n, stateRoot: store.head!.root, chunks, ...named };
  return { manifest, catalog, writes };
}

function load(db: Db, catalog: Catalog, manifest: Manifest, progress?: (done: number) => void): Promise<void> {
  const records = new Records(db);
  const stored = records.get(single("restore"));
  const started = stored === undefined ? { manifest: NAME, chunks: 0, depth: 0, leaves: 0 } : readProgress(stored);
  return loadState({ genesis, ...(progress && { progress }) }, records, catalog, manifest, started);
}

const content = (db: Db): string[] => [...db.range({})].map(([key, value]) => `${toHex(key)}=${toHex(value)}`);

/** What the restored database shows once it is a chain. */
async function restored(disk: MemoryDisk, db: Db) {
  await new Records(db).write([[single("restore"), undefined]], { sync: true });
  await db.close();
  const store = await openChainStore(disk.open());
  return { root: store.head!.root, state: [...store.latest.range({})] };
}

test("states of no, one, two and many keys come back with their root", async () => {
  for (const count of [0, 1, 2, 3, KEYS]) {
    const { manifest, catalog, writes } = await packed(count);
    const disk = new MemoryDisk();
    const db = disk.open();
    await load(db, catalog, manifest);
    const { root, state } = await restored(disk, db);
    assert.deepEqual(root, manifest.stateRoot);
    assert.deepEqual(
      state.map(([key, value]) => [key.slice(), value.slice()]),
      writes,
    );
  }
});

test("a restore that is killed after any chunk goes on with the next one", async () => {
  const { manifest, catalog, writes } = await packed(KEYS);
  assert.ok(manifest.chunks.length > 10);
  const disk = new MemoryDisk();
  for (let kills = 0; kills < manifest.chunks.length; kills++) {
    const done: number[] = [];
    const killed = load(disk.open(), catalog, manifest, (chunks) => {
      done.push(chunks);
      throw new Error("killed");
    });
    await assert.rejects(killed, /killed/);
    assert.deepEqual(done, [kills + 1]);
    disk.crash(() => 0);
  }
  const db = disk.open();
  await load(db, catalog, manifest);
  const { root, state } = await restored(disk, db);
  assert.deepEqual(root, manifest.stateRoot);
  assert.equal(state.length, writes.length);
});

test("leaves that were lost between two parts of a restore are missed before a chain is made of the rest", async () => {
  const { manifest, catalog } = await packed(KEYS);
  const disk = new MemoryDisk();
  await assert.rejects(load(disk.open(), catalog, manifest, failing), /killed/);
  disk.crash(() => 0);
  const bucket = [...disk.entries()].find(([key]) => key[0] === 0x30)!;
  disk.damage(bucket[0], undefined);
  const db = disk.open();
  await assert.rejects(load(db, catalog, manifest), /leaves that are not there/);
  assert.equal(new Records(db).get(single("head")), undefined);
});

function failing(): never {
  throw new Error("killed");
}

function leaf(key: Bytes, value: Bytes): StateLeaf {
  const keyHash = sha256(key);
  return { keyHash, leaf: leafHash(keyHash, value), key, value };
}

interface Tampering {
  /** The leaves of a chunk, and of the next one, to what an attacker puts in place of the first. */
  readonly change: (own: readonly StateLeaf[], next: readonly StateLeaf[]) => readonly StateLeaf[];
  /** What is said when the number of entries is adjusted with it. */
  readonly said: RegExp;
}

const OUT_OF_PLACE = /out of place/;
const OTHER_ROOT = /has the root/;
const tampered: Record<string, Tampering> = {
  "a changed value": { change: (own) => own.with(1, leaf(own[1]!.key, utf8("forged"))), said: OTHER_ROOT },
  "a missing key": { change: (own) => own.slice(1), said: OTHER_ROOT },
  "an extra key at its place": { change: withExtra, said: OTHER_ROOT },
  "a key of another chunk": { change: (own, next) => [...own, next[0]!], said: OUT_OF_PLACE },
  "a key of an earlier chunk": { change: (own, next) => [own[0]!, ...next], said: OUT_OF_PLACE },
  "two keys in each other's place": { change: (own) => [own[1]!, own[0]!, ...own.slice(2)], said: OUT_OF_PLACE },
  "a key twice": { change: (own) => [own[0]!, ...own], said: OUT_OF_PLACE },
  "another chunk": { change: (_, next) => next, said: OUT_OF_PLACE },
  "an empty value": { change: (own) => own.with(0, leaf(own[0]!.key, new Uint8Array(0))), said: OUT_OF_PLACE },
};

/** Between two leaves of the chunk: only the root tells. */
function withExtra(own: readonly StateLeaf[]): readonly StateLeaf[] {
  for (let i = KEYS; ; i++) {
    const extra = leaf(u32be(i), utf8("extra"));
    const all = [...own, extra].sort((a, b) => compareBytes(a.keyHash, b.keyHash));
    if (all.at(-1) !== extra && all[0] !== extra) return all;
  }
}

for (const [name, { change, said }] of Object.entries(tampered)) {
  test(`${name} is refused at its chunk, by the name of it, and nothing of it is written`, async () => {
    const { manifest, catalog } = await packed(KEYS);
    const { chunks } = manifest;
    const leavesOf = async (i: number) => readChunk(await catalog.file(chunks[i]!.file), chunks[i]!);
    const forged = change(await leavesOf(AT), await leavesOf(AT + 1));
    const { hash: file, bytes } = await packChunk(forged);
    await catalog.put({ hash: file, bytes });
    const honest = new MemoryDisk().open();
    const stop = load(honest, catalog, manifest, (done) => (done === AT ? failing() : undefined));
    await assert.rejects(stop, /killed/);
    const refuse = async (entries: number, why: RegExp): Promise<void> => {
      const db = new MemoryDisk().open();
      const wrong = { ...manifest, chunks: chunks.with(AT, { ...chunks[AT]!, file, entries }) };
      await assert.rejects(load(db, catalog, wrong), { code: "snapshot.wrong_root", message: new RegExp(toHex(file)) });
      await assert.rejects(load(db, catalog, wrong), why);
      assert.deepEqual(content(db), content(honest));
      await load(db, catalog, manifest); // The right chunk from elsewhere: the restore goes on.
    };
    await refuse(forged.length, said);
    await refuse(forged.length + 1, /keys instead of/);
  });
}

test("the state of any height has what later heights changed, removed and added, as it was", async () => {
  const db = new MemoryDisk().open();
  const store = await openChainStore(db);
  await store.commitGenesis({ ...genesis, writes: writesOf(40) });
  const none = new Uint8Array(1);
  for (let height = 1n; height <= 6n; height++) {
    const at = Number(height);
    const changes: Write[] = [
      [u32be(at), undefined],
      [u32be(at - 1), at % 2 === 0 ? utf8("back") : undefined],
      [u32be(20 + at), utf8(`changed at ${at}`)],
      [u32be(100 + at), utf8("added")],
    ];
    await store.commitHeight({
      height,
      blockHash: headerHashOf(new Uint8Array(32).fill(at)),
      block: none,
      certificate: none,
      results: none,
      writes: changes,
    });
  }
  const catalog = new Catalog(new MemoryFiles().mount(), "/snapshots");
  await catalog.open();
  for (let height = 0n; height <= 6n; height++) {
    assert.deepEqual(foldRoots(await packState(new Records(db), catalog, height, 300)), store.rootAfter(height));
  }
});
