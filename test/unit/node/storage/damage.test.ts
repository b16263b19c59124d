import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { toHex, u64be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { useNatives } from "#node/runtime/natives.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { StorageFault } from "#node/storage/fault.js";
import { openLevel } from "#node/storage/level.js";
import type { ChainStore } from "#node/storage/types.js";
import type { Write } from "#state/store/base.js";

useNatives();
const HEIGHTS = 40n;
const keyOf = (i: number): Bytes => sha256(u64be(BigInt(i)));

function writesOf(height: bigint): Write[] {
  return Array.from({ length: 60 }, (_, i): Write => [keyOf((Number(height) * 37 + i * 5) % 300), u64be(height)]);
}

/** What the store says to many questions; a fault is an answer too, and the only one that may differ. */
function answers(store: ChainStore): Map<string, string> {
  const out = new Map<string, string>();
  const ask = (name: string, question: () => Bytes | undefined): void => {
    try {
      const answer = question();
      out.set(name, answer === undefined ? "nothing" : toHex(answer));
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
      out.set(name, error.code);
    }
  };
  ask("root", () => store.head!.root);
  for (let i = 0; i < 300; i++) {
    ask(`latest ${i}`, () => store.latest.get(keyOf(i)));
    ask(`at 25 ${i}`, () => store.viewAt(25n).get(keyOf(i)));
  }
  for (let height = 1n; height <= HEIGHTS; height++) ask(`block ${height}`, () => store.block(height));
  for (const i of [3, 77, 299, 301]) ask(`proof ${i}`, () => store.prove(keyOf(i), HEIGHTS - 5n).proof);
  return out;
}

test("a flipped byte of the database is harmless or reported, never answered with", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "tributary-damage-"));
  t.after(() => rm(home, { recursive: true }));
  const [whole, damaged] = [join(home, "whole"), join(home, "damaged")];
  let store = await openChainStore(await openLevel(whole));
  await store.commitGenesis({ document: u64be(0n), initialHeight: 1n, writes: writesOf(0n) });
  for (let height = 1n; height <= HEIGHTS; height++) {
    const bytes = u64be(height);
    await store.commitHeight({
      height,
      blockHash: sha256(bytes),
      block: bytes,
      certificate: bytes,
      results: bytes,
      writes: writesOf(height),
    });
  }
  const truth = answers(store);
  await store.close();
  await (await openLevel(whole)).close(); // Turns the log into a sorted file, where most of a database is.
  const files = (await readdir(whole)).filter((name) => !/LOCK|LOG/.test(name));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(whole, name))).size));
  const total = sizes.reduce((sum, size) => sum + size);
  const places = Number(process.env["TRIBUTARY_FLIPS"] ?? 6);
  let found = 0;
  for (let place = 0; place < places; place++) {
    let at = Math.floor((total * (place + 0.5)) / places);
    let file = 0;
    while (at >= sizes[file]!) at -= sizes[file++]!;
    await rm(damaged, { recursive: true, force: true });
    await cp(whole, damaged, { recursive: true });
    const bytes = await readFile(join(damaged, files[file]!));
    bytes[at]! ^= 1 << (place & 7);
    await writeFile(join(damaged, files[file]!), bytes);
    try {
      store = await openChainStore(await openLevel(damaged));
    } catch (error) {
      assert.ok(error instanceof StorageFault, String(error));
      found++;
      continue;
    }
    const said = answers(store);
    for (const [name, answer] of said) {
      if (answer.startsWith("storage.")) found++;
      else assert.equal(answer, truth.get(name), `${name} with byte ${at} of ${files[file]} flipped`);
    }
    await store.close();
  }
  assert.ok(found > 0, "no flip was noticed: the test does not reach the data");
});
