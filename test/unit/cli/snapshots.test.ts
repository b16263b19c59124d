import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openChainStore } from "#node/storage/chain-store.js";
import { openLevel } from "#node/storage/database/level.js";
import { LoneChain, loneGenesis } from "#test/fixtures/lone-chain.js";
import { EXIT } from "#cli/exit.js";
import { tribd, withHome } from "./harness.js";

/** A home with a chain of some heights. */
async function chainHome(home: string, heights: number): Promise<void> {
  mkdirSync(join(home, "config"), { recursive: true });
  writeFileSync(join(home, "config", "genesis.json"), JSON.stringify(loneGenesis().document));
  const store = await openChainStore(await openLevel(join(home, "data", "chain.db")));
  await (await LoneChain.open(store)).grow(heights);
  await store.close();
}

test("while a node has the home, its snapshots are neither made nor deleted nor loaded", () =>
  withHome(async (home) => {
    await chainHome(home, 3);
    assert.equal((await tribd(["snapshots", "create"], { home })).code, EXIT.ok);
    assert.equal((await tribd(["snapshots", "export", "3", join(home, "file")], { home })).code, EXIT.ok);
    const script = `
      import { homeLayout } from "#node/config/home.js";
      import { lockHome } from "#node/home/home-lock.js";
      await lockHome(homeLayout(process.argv[1]));
      process.stdout.write("open");
      setInterval(() => undefined, 1000);`;
    const node = spawn(process.execPath, ["--input-type=module", "-e", script, home]);
    try {
      await once(node.stdout, "data");
      for (const words of ["create", "delete 3 --yes", `load ${join(home, "file")}`]) {
        const refused = await tribd(["snapshots", ...words.split(" ")], { home });
        assert.equal(refused.code, EXIT.failed);
        assert.match(refused.stderr, /another process works in .*; stop it first/);
      }
    } finally {
      node.kill("SIGKILL"); // It would keep a failed test from ending.
    }
    await once(node, "exit");
    assert.equal((await tribd(["snapshots", "delete", "3", "--yes"], { home })).code, EXIT.ok);
  }));

test("a snapshot goes from one home to another by the command line, and the chain goes on there", () =>
  withHome((home) =>
    withHome(async (other) => {
      await chainHome(home, 4);
      const made = await tribd(["snapshots", "create", "-o", "json"], { home });
      assert.equal(made.code, EXIT.ok, made.stderr);
      const { height, header_hash } = JSON.parse(made.stdout) as { height: string; header_hash: string };
      assert.equal(height, "4");
      await tribd(["snapshots", "create", "--height", "3"], { home });
      const list = JSON.parse((await tribd(["snapshots", "list", "-o", "json"], { home })).stdout) as unknown[];
      assert.equal(list.length, 2);
      const file = join(other, "carried.snapshot");
      assert.equal((await tribd(["snapshots", "export", "4", file], { home })).code, EXIT.ok);
      assert.match((await tribd(["snapshots", "export", "4", file], { home })).stderr, /there already/);
      assert.equal((await tribd(["snapshots", "delete", "9", "--yes"], { home })).code, EXIT.notFound);
      cpSync(join(home, "config"), join(other, "config"), { recursive: true });
      assert.equal((await tribd(["snapshots", "load", file], { home: other })).code, EXIT.ok);
      const late = Date.UTC(2027, 0, 1);
      const doubted = await tribd(["snapshots", "restore", "4"], { home: other, now: late });
      assert.equal(doubted.code, EXIT.failed);
      assert.match(doubted.stderr, new RegExp(`${header_hash}.*--trust-hash`, "is"));
      const trusting = ["snapshots", "restore", "4", "--trust-hash", header_hash];
      const restored = await tribd(trusting, { home: other, now: late });
      assert.equal(restored.code, EXIT.ok, restored.stderr);
      const store = await openChainStore(await openLevel(join(other, "data", "chain.db")));
      await (await LoneChain.open(store)).grow(2);
      assert.equal(store.head!.height, 6n);
      await store.close();
      assert.match((await tribd(trusting, { home: other, now: late })).stderr, /holds a chain already/);
      const bytes = readFileSync(file);
      bytes[bytes.length - 9]! ^= 1;
      rmSync(file);
      writeFileSync(file, bytes);
      assert.match((await tribd(["snapshots", "load", file], { home })).stderr, /does not have this SHA-256/);
    }),
  ));
