import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { canonicalJson } from "#proto/canonical-json.js";
import { sha256 } from "#proto/crypto/hash.js";
import { hashBytes } from "#proto/types/block-id.js";
import type { Entry } from "#state/store/base.js";
import { replayDecided } from "#node/chain/replay.js";
import { fingerprintsOf } from "#node/chain/fingerprints.js";
import { systemFiles } from "#node/runtime/files.js";
import { useNatives } from "#node/runtime/natives.js";
import { doubtOf } from "#node/home/snapshots.js";
import { openChainStore } from "#node/storage/chain-store.js";
import type { Db } from "#node/storage/database/db.js";
import type { Files } from "#node/storage/files/files.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { drawnRemains, MemoryFiles } from "#node/storage/files/memory-files.js";
import { Records } from "#node/storage/database/records.js";
import { exportArchive, loadArchive } from "#node/storage/snapshots/archive.js";
import { Catalog, fileHashes, type Listed } from "#node/storage/snapshots/catalog.js";
import { createSnapshot } from "#node/storage/snapshots/create.js";
import { FILE_BYTES_MAX, MANIFEST_BYTES_MAX, type Manifest } from "#node/storage/snapshots/format.js";
import { restoreSnapshot } from "#node/storage/snapshots/restore.js";
import { stateAfter } from "#node/storage/snapshots/state-after.js";
import type { Subtree } from "#node/storage/snapshots/subtrees.js";
import { TABLE } from "#node/storage/database/tables.js";
import type { ChainStore } from "#node/storage/types.js";
import { LoneChain, loneGenesis } from "#test/fixtures/lone-chain.js";

useNatives();
const DIRECTORY = "/home/data/snapshots";
/** Bytes of a chunk: a small state in many of them. */
const SMALL = 300;
const genesis = loneGenesis();
const text = ([key, value]: Entry): string => `${toHex(key)}=${toHex(value)}`;
const all = (store: ChainStore, height: bigint): string[] => [...store.viewAt(height).range({})].map(text);

async function grown(heights: number) {
  const files = new MemoryFiles().mount();
  const disk = new MemoryDisk();
  const db = disk.open();
  const store = await openChainStore(db);
  const lone = await LoneChain.open(store, genesis);
  await lone.grow(heights);
  return { files, disk, db, store, lone, ports: { db, files, directory: DIRECTORY } };
}

const restore = (db: Db, files: Files, listed: Listed, trustedHash?: Bytes) =>
  restoreSnapshot(
    {
      db,
      files,
      directory: DIRECTORY,
      genesis: { document: utf8(canonicalJson(genesis.document)), initialHeight: 1n },
      judge: (height) => doubtOf(genesis, height, { trustedHash, now: genesis.time + 60_000n }),
      replay: (state, { block, light }) => replayDecided(state, block, light, (base) => fingerprintsOf(base)),
    },
    listed,
  );

test("a home restored from a snapshot has the root of then, and its chain goes on like the first one", async () => {
  const { files, store, lone, ports } = await grown(5);
  const listed = await createSnapshot(ports);
  assert.equal(listed.manifest.height, 5n);
  const disk = new MemoryDisk();
  const db = disk.open();
  await restore(db, files, listed);
  const again = await openChainStore(db);
  assert.deepEqual(again.head, store.head);
  assert.deepEqual(all(again, 5n), all(store, 5n));
  assert.deepEqual(all(again, 4n), all(store, 4n));
  assert.deepEqual(again.results(5n), store.results(5n));
  const second = await LoneChain.open(again, genesis);
  await lone.grow(3);
  await second.grow(3);
  assert.deepEqual(again.head, store.head);
  assert.throws(() => again.viewAt(3n), /pruned/);
  assert.equal(again.rootAfter(2n), undefined);
  assert.equal(again.firstBlock, 5n);
});

test("the state of any height of the window is what the view of it shows, while the chain goes on", async () => {
  const { db, store, lone } = await grown(9);
  for (const height of [0n, 3n, 8n, 9n]) {
    const want = all(store, height);
    const entries = stateAfter(new Records(db), height);
    const have: string[] = [];
    for await (const { key, value } of entries) {
      have.push(text([key, value]));
      if (have.length === 3) await lone.grow(2);
    }
    assert.deepEqual(have.sort(), want);
  }
  await assert.rejects(async () => {
    for await (const entry of stateAfter(new Records(db), 99n)) assert.ok(entry);
  }, /heights 1 to/);
});

test("a restore that is cut off at any write goes on where it was", async () => {
  const { files, store, ports } = await grown(4);
  const listed = await createSnapshot(ports, 3n, SMALL);
  assert.ok(listed.manifest.chunks.length > 4, `${listed.manifest.chunks.length} chunks`);
  for (let turns = 1; turns < 200; turns++) {
    const disk = new MemoryDisk();
    let left = turns;
    const dying = disk.open(() => (left-- > 0 ? Promise.resolve() : Promise.reject(new Error("killed"))));
    const cut = await restore(dying, files, listed).then(
      () => false,
      () => true,
    );
    disk.crash((count) => count);
    const db = disk.open();
    if (cut && new Records(db).get(Uint8Array.of(4)) !== undefined) {
      await assert.rejects(openChainStore(db), /restore again/);
    }
    if (cut) await restore(db, files, listed);
    const again = await openChainStore(db);
    assert.equal(again.head!.height, 3n);
    assert.deepEqual(again.head!.root, store.rootAfter(3n));
    assert.deepEqual(all(again, 3n), all(store, 3n));
    if (!cut) return;
  }
  assert.fail("the restore has more writes than expected");
});

test("what is wrong with a snapshot is said by name before anything is believed", async () => {
  const { files, ports } = await grown(4);
  const listed = await createSnapshot(ports, undefined, SMALL);
  const { manifest } = listed;
  const attempt = (one: Listed, hash?: Bytes) => restore(new MemoryDisk().open(), files, one, hash);
  const code = (name: string) => (error: { code?: string }) => error.code === name;
  await assert.rejects(attempt(listed, new Uint8Array(32)), code("snapshot.untrusted"));
  await attempt(listed, hashBytes(manifest.headerHash));
  const catalog = new Catalog(files, DIRECTORY);
  const altered = async (changes: Partial<Manifest>, expected: string): Promise<void> => {
    await catalog.keep({ ...manifest, ...changes });
    const again = catalog.get(changes.height ?? manifest.height).then((one) => attempt(one));
    await assert.rejects(again, code(expected), JSON.stringify(Object.keys(changes)));
  };
  const zeros = new Uint8Array(32);
  await altered({ stateRoot: zeros }, "snapshot.damaged");
  await altered({ genesisHash: manifest.stateRoot }, "snapshot.other_chain");
  await altered({ genesisHash: zeros }, "snapshot.damaged");
  await altered({ height: 0n }, "snapshot.damaged");
  await catalog.keep(manifest);
  const { chunks } = manifest;
  const second = (changes: Partial<Subtree>) => ({ chunks: chunks.with(1, { ...chunks[1]!, ...changes }) });
  await altered({ chunks: chunks.slice(1) }, "snapshot.wrong_root");
  await altered({ chunks: [] }, "snapshot.wrong_root");
  await altered(second({ root: chunks[0]!.root }), "snapshot.wrong_root");
  await altered(second({ file: zeros }), "snapshot.damaged");
  await altered(second({ file: chunks[0]!.root }), "snapshot.missing");
  await altered(second({ file: chunks[0]!.file }), "snapshot.wrong_root");
  await altered({ chunks: chunks.toReversed() }, "snapshot.damaged");
  await altered({ chunks: [...chunks, ...chunks] }, "snapshot.damaged");
  await altered(second({ from: chunks[1]!.from + 1n }), "snapshot.damaged");
  await altered(second({ depth: 65 }), "snapshot.damaged");
  await altered(second({ depth: 0 }), "snapshot.damaged");
  await altered(second({ entries: 0 }), "snapshot.damaged");
  await altered(second({ entries: 2 ** 31 }), "snapshot.damaged");
  await altered({ chunks: Array.from({ length: 100_001 }, () => chunks[0]!) }, "snapshot.damaged");
  await catalog.keep(manifest);
  for (const hash of fileHashes(manifest)) {
    const path = `${DIRECTORY}/chunks/${toHex(hash)}`;
    const bytes = (await files.read(path))!;
    await catalog.put({ hash, bytes: bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) });
    await assert.rejects(attempt(listed), code("snapshot.damaged"));
    await catalog.put({ hash, bytes });
  }
  await attempt(listed);
});

test("a file that two snapshots share survives a loss of power while the second one writes it", async () => {
  const whole = utf8("the leaves of a subtree");
  const hash = sha256(whole);
  for (let last = 0; ; last++) {
    const disk = new MemoryFiles();
    const first = new Catalog(disk.mount(), DIRECTORY);
    await first.open();
    await first.put({ hash, bytes: whole });
    let turns = 0;
    const second = new Catalog(
      disk.mount(() => (turns++ < last ? Promise.resolve() : new Promise<void>(() => undefined))),
      DIRECTORY,
    );
    let ended = false;
    void second.put({ hash, bytes: whole }).then(() => (ended = true));
    await new Promise((resolve) => setImmediate(resolve));
    disk.crash(drawnRemains(() => 0));
    const after = new Catalog(disk.mount(), DIRECTORY);
    assert.deepEqual(await after.file(hash), whole, `power goes after ${last} operations`);
    await after.sweep();
    if (ended) return assert.ok(last > 3);
  }
});

test("what a kill leaves of a manifest and of a chunk on their way goes when the next snapshot is there", async () => {
  const { files: made, ports } = await grown(3);
  const { manifest } = await createSnapshot(ports);
  const chunk = { hash: manifest.decided, bytes: (await made.read(`${DIRECTORY}/chunks/${toHex(manifest.decided)}`))! };
  let seen = 0;
  for (let last = 0; ; last++) {
    const disk = new MemoryFiles();
    let turns = 0;
    const dying = new Catalog(
      disk.mount(() => (turns++ < last ? Promise.resolve() : new Promise<void>(() => undefined))),
      DIRECTORY,
    );
    let ended = false;
    void Promise.all([dying.put(chunk), dying.keep({ ...manifest, height: 2n, chunks: [] })]).then(
      () => (ended = true),
    );
    await new Promise((resolve) => setImmediate(resolve));
    disk.crash({ names: (count) => count, bytes: (count) => count, isHole: () => false });
    if (ended) return assert.ok(seen > 1, "no temporary was left");
    seen += disk.paths().filter((path) => path.endsWith(".manifest.tmp")).length;
    const catalog = new Catalog(disk.mount(), DIRECTORY);
    await catalog.put(chunk);
    await catalog.keep({ ...manifest, chunks: [] });
    await catalog.retain(0);
    assert.deepEqual(
      disk.paths().filter((path) => path.endsWith(".tmp")),
      [],
      `killed after ${last} operations`,
    );
    assert.deepEqual((await catalog.list())[0]!.manifest.height, manifest.height);
    assert.deepEqual(await catalog.file(chunk.hash), chunk.bytes);
  }
});

test("a file of a snapshot that is larger than any can be is refused before it is read", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "tributary-large-"));
  t.after(() => rm(home, { recursive: true }));
  const catalog = new Catalog(systemFiles, home);
  await catalog.open();
  const hash = sha256(utf8("a chunk"));
  const chunk = { path: join(home, "chunks", toHex(hash)), bytesMax: FILE_BYTES_MAX, read: () => catalog.file(hash) };
  const manifest = { path: join(home, "7.manifest"), bytesMax: MANIFEST_BYTES_MAX, read: () => catalog.get(7n) };
  for (const { path, bytesMax, read } of [chunk, manifest]) {
    await (await systemFiles.create(path)).close();
    await systemFiles.truncate(path, bytesMax + 1); // Holes: they cost no disk.
    await assert.rejects(read(), { code: "snapshot.damaged", message: /has [0-9]+ bytes, more than/ });
  }
  await systemFiles.truncate(chunk.path, FILE_BYTES_MAX);
  assert.equal((await chunk.read()).length, FILE_BYTES_MAX);
});

test("a state that lost a leaf's name makes no snapshot", async () => {
  const { disk, store, files } = await grown(2);
  await store.close();
  const name = [...disk.entries()].find(([key]) => key[0] === TABLE.leafKey)!;
  disk.damage(name[0], undefined);
  const made = createSnapshot({ db: disk.open(), files, directory: DIRECTORY });
  await assert.rejects(made, /state root that the state before it does not have/);
  assert.deepEqual(await new Catalog(files, DIRECTORY).list(), []);
});

test("an archive whose subtrees are not those of its state root is refused before a chunk of it is kept", async (t) => {
  const { files, ports } = await grown(2);
  const { manifest, hash } = await createSnapshot(ports, undefined, SMALL);
  const home = await mkdtemp(join(tmpdir(), "tributary-archive-"));
  t.after(() => rm(home, { recursive: true }));
  const load = async (name: string, chunks: readonly Subtree[]) => {
    const path = join(home, name);
    await exportArchive(new Catalog(files, DIRECTORY), { manifest: { ...manifest, chunks: [...chunks] }, hash }, path);
    const other = new MemoryFiles().mount();
    return { other, loaded: loadArchive(new Catalog(other, DIRECTORY), path) };
  };
  const { other, loaded } = await load("forged", manifest.chunks.slice(1));
  await assert.rejects(loaded, { code: "snapshot.wrong_root" });
  assert.deepEqual(await other.list(`${DIRECTORY}/chunks`), []);
  assert.deepEqual(await (await load("whole", manifest.chunks)).loaded, { manifest, hash });
});

test("snapshots are listed, kept as many as wanted, and their files go with the last that names them", async () => {
  const { files, lone, ports } = await grown(2);
  const catalog = new Catalog(files, DIRECTORY);
  for (let i = 0; i < 3; i++) {
    await createSnapshot(ports);
    await lone.grow(1);
  }
  assert.deepEqual(
    (await catalog.list()).map(({ manifest }) => manifest.height),
    [4n, 3n, 2n],
  );
  assert.deepEqual(await catalog.retain(2), [2n]);
  await catalog.delete(4n);
  const [last] = await catalog.list();
  assert.equal(last!.manifest.height, 3n);
  assert.deepEqual(await files.list(`${DIRECTORY}/chunks`), fileHashes(last!.manifest).map(toHex).sort());
  await assert.rejects(catalog.delete(4n), /no snapshot of height 4/);
});
