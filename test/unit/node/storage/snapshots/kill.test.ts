import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { utf8, type Bytes } from "#proto/bytes.js";
import { canonicalJson } from "#proto/canonical-json.js";
import { sha256 } from "#proto/crypto/hash.js";
import { hashBytes } from "#proto/types/block-id.js";
import { replayDecided } from "#node/chain/replay.js";
import { fingerprintsOf } from "#node/chain/fingerprints.js";
import { systemFiles } from "#node/runtime/files.js";
import { useNatives } from "#node/runtime/natives.js";
import { doubtOf } from "#node/home/snapshots.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { openLevel } from "#node/storage/database/level.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { Catalog, fileHashes, type Listed } from "#node/storage/snapshots/catalog.js";
import { restoreSnapshot } from "#node/storage/snapshots/restore.js";
import { LoneChain } from "#test/fixtures/lone-chain.js";
import { snapshotGenesis } from "#test/fixtures/snapshot-genesis.js";
import { seeded } from "#test/simulation/random.js";

useNatives();
const LOOP = fileURLToPath(new URL("../../../../fixtures/snapshot-loop.js", import.meta.url));
const genesis = snapshotGenesis;
const runs = Number(process.env["TRIBUTARY_KILLS"] ?? 2);
/** So many kills leave nothing out that a life does. */
const RUNS_OF_ALL_MOMENTS = 100;

/** What a life was at, and had promised, when it was killed. */
interface Killed {
  readonly doing: Readonly<Record<string, string>>;
  readonly promised: { readonly heights: bigint; readonly snapshots: bigint };
}

/** Runs the loop until it has promised this number of snapshots, and beyond for this share of the time that the last one took. */
async function runAndKill(home: string, snapshots: number, share: number): Promise<Killed> {
  const child = spawn(process.execPath, [LOOP, home], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const doing: Record<string, string> = {};
  const promised = { heights: 0n, snapshots: 0n };
  let made = 0;
  let begunMs = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [who = "", begins = "", height = ""] = line.split(" ");
    doing[who] = begins;
    if (height !== "") promised[who as keyof typeof promised] = BigInt(height);
    if (begins === "create") begunMs = performance.now();
    if (begins === "retain" && ++made === snapshots) {
      setTimeout(() => child.kill("SIGKILL"), share * (performance.now() - begunMs));
    }
  }
  assert.deepEqual(await gone, [null, "SIGKILL"], "the loop ended by itself");
  return { doing, promised };
}

/** A home made of the snapshot alone. */
async function restored(directory: string, listed: Listed, trustedHash: Bytes | undefined) {
  const db = new MemoryDisk().open();
  await restoreSnapshot(
    {
      db,
      files: systemFiles,
      directory,
      genesis: { document: utf8(canonicalJson(genesis.document)), initialHeight: 1n },
      judge: (height) => doubtOf(genesis, height, { trustedHash, now: genesis.time }),
      replay: (state, { block, light }) => replayDecided(state, block, light, (base) => fingerprintsOf(base)),
    },
    listed,
  );
  return openChainStore(db);
}

test("killed while it commits and makes snapshots, a chain has every promised height and every promised snapshot, whole", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "tributary-kill-"));
  t.after(() => rm(home, { recursive: true }));
  const directory = join(home, "snapshots");
  const reference = await LoneChain.open(await openChainStore(new MemoryDisk().open()), genesis);
  const random = seeded(BigInt(process.env["TRIBUTARY_SEED"] ?? 1));
  const moments: Record<string, number> = {};
  for (let run = 0; run < runs; run++) {
    const { doing, promised } = await runAndKill(home, 1 + random.below(3), random.below(1000) / 1000);
    for (const moment of Object.values(doing)) moments[moment] = (moments[moment] ?? 0) + 1;
    const store = await openChainStore(await openLevel(join(home, "db")));
    const head = store.head!;
    assert.ok(head.height >= promised.heights, `height ${head.height}, promised ${promised.heights}`);
    await reference.grow(Number(head.height - reference.store.head!.height));
    assert.deepEqual(head, reference.store.head);
    assert.deepEqual(store.block(head.height), reference.store.block(head.height));
    await store.close();
    const catalog = new Catalog(systemFiles, directory);
    const listed = await catalog.list();
    for (const { manifest } of listed) {
      for (const hash of fileHashes(manifest)) assert.deepEqual(sha256(await catalog.file(hash)), hash);
    }
    const latest = listed[0]!;
    assert.ok(latest.manifest.height >= promised.snapshots, `snapshot ${promised.snapshots} is gone`);
    const again = await restored(directory, latest, hashBytes(reference.store.blockHash(latest.manifest.height)!));
    assert.deepEqual(again.head?.root, reference.store.rootAfter(latest.manifest.height));
  }
  t.diagnostic(`${runs} kills: ${JSON.stringify(moments)}, ${reference.store.head!.height} heights`);
  if (runs >= RUNS_OF_ALL_MOMENTS) {
    for (const moment of ["commit", "pause", "create", "retain"]) assert.ok(moments[moment], `no kill amid ${moment}`);
  }
});
