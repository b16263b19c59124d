import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { toHex, u64be } from "#proto/bytes.js";
import { headerHashOf } from "#proto/types/block-id.js";
import { useNatives } from "#node/runtime/natives.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { openLevel } from "#node/storage/database/level.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { writesOf } from "#test/fixtures/kill-writes.js";
import { MemoryBase } from "#state/store/memory.js";

useNatives();
const LOOP = fileURLToPath(new URL("../../../fixtures/commit-loop.js", import.meta.url));

/** Runs the loop until `commits` heights are promised and `delayMs` more have passed; returns the last promised height. */
async function runAndKill(directory: string, commits: number, delayMs: number): Promise<bigint> {
  const child = spawn(process.execPath, [LOOP, directory], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  let last = 0n;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = BigInt(line.split(" ")[1]!);
    if (++seen === commits) setTimeout(() => child.kill("SIGKILL"), delayMs);
  }
  await gone;
  return last;
}

test("a killed process leaves the last promised height or a later one, whole", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "tributary-kill-"));
  t.after(() => rm(directory, { recursive: true }));
  const reference = await openChainStore(new MemoryDisk().open());
  await reference.commitGenesis({ document: u64be(0n), initialHeight: 1n, writes: writesOf(0n) });
  const state = new MemoryBase();
  state.apply(writesOf(0n));
  const runs = Number(process.env["TRIBUTARY_KILLS"] ?? 5);
  for (let run = 0; run < runs; run++) {
    const promised = await runAndKill(directory, 3 + ((run * 7) % 12), (run * 13) % 9);
    const store = await openChainStore(await openLevel(directory));
    const { height, root } = store.head!;
    assert.ok(height >= promised, `height ${height}, promised ${promised}`);
    for (let at = reference.head!.height + 1n; at <= height; at++) {
      const bytes = u64be(at);
      await reference.commitHeight({
        height: at,
        blockHash: headerHashOf(new Uint8Array(32).fill(Number(at))),
        block: bytes,
        certificate: bytes,
        results: bytes,
        writes: writesOf(at),
      });
      state.apply(writesOf(at));
    }
    assert.deepEqual(root, reference.head!.root);
    assert.deepEqual(store.block(height), u64be(height));
    const text = ([key, value]: readonly [Uint8Array, Uint8Array]): string => `${toHex(key)}=${toHex(value)}`;
    assert.deepEqual([...store.latest.range({})].map(text), [...state.range({})].map(text));
    await store.close();
  }
});
