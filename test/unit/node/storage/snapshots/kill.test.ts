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
import { replayDecided } from "#node/chain/replay.js";
import { fingerprintsOf } from "#node/fingerprints.js";
import { systemFiles } from "#node/runtime/files.js";
import { useNatives } from "#node/runtime/natives.js";
import { doubtOf } from "#node/snapshots.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { openLevel } from "#node/storage/level.js";
import { MemoryDisk } from "#node/storage/memory-disk.js";
import { Catalog, type Listed } from "#node/storage/snapshots/catalog.js";
import { restoreSnapshot } from "#node/storage/snapshots/restore.js";
import { LoneChain, loneGenesis } from "#test/fixtures/lone-chain.js";

useNatives();
const LOOP = fileURLToPath(new URL("../../../../fixtures/snapshot-loop.js", import.meta.url));
const genesis = loneGenesis();

interface Promised {
  readonly height: bigint;
  readonly snapshot: bigint;
}

/** Runs the loop until it has promised so many snapshots and `delayMs` more have passed; returns the last promises. */
async function runAndKill(home: string, snapshots: number, delayMs: number): Promise<Promised> {
  const child = spawn(process.execPath, [LOOP, home], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const last = { done: 0n, snapshot: 0n };
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [what = "", height = ""] = line.split(" ");
    last[what as keyof typeof last] = BigInt(height);
    if (what === "snapshot" && ++seen === snapshots) setTimeout(() => child.kill("SIGKILL"), delayMs);
  }
  await gone;
  assert.ok(seen >= snapshots, `the loop ended by itself after ${seen} snapshots`);
  return { height: last.done, snapshot: last.snapshot };
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
  const runs = Number(process.env["TRIBUTARY_KILLS"] ?? 2);
  for (let run = 0; run < runs; run++) {
    const promised = await runAndKill(home, 1 + (run % 3), (run * 13) % 97);
    const store = await openChainStore(await openLevel(join(home, "db")));
    const head = store.head!;
    assert.ok(head.height >= promised.height, `height ${head.height}, promised ${promised.height}`);
    await reference.grow(Number(head.height - reference.store.head!.height));
    assert.deepEqual(head, reference.store.head);
    assert.deepEqual(store.block(head.height), reference.store.block(head.height));
    await store.close();
    const listed = await new Catalog(systemFiles, directory).list();
    const latest = listed[0]!;
    assert.ok(latest.manifest.height >= promised.snapshot, `snapshot ${promised.snapshot} is gone`);
    const again = await restored(directory, latest, reference.store.blockHash(latest.manifest.height));
    assert.deepEqual(again.head?.root, reference.store.rootAfter(latest.manifest.height));
  }
});
