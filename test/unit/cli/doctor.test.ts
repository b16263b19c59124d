import assert from "node:assert/strict";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { homeLayout } from "#node/config/home.js";
import type { AddressInfo } from "node:net";
import { EXIT } from "#cli/exit.js";
import { fakeNode } from "./fake-node.js";
import { tribd, withHome } from "./harness.js";

type Findings = { check: string; verdict: string; found: string; fix?: string }[];

async function findings(home: string, fetch?: typeof globalThis.fetch, now?: number) {
  const outcome = await tribd(["doctor", "-o", "json"], {
    home,
    ...(fetch === undefined ? {} : { fetch }),
    ...(now === undefined ? {} : { now }),
  });
  const list = JSON.parse(outcome.stdout) as Findings;
  return { code: outcome.code, of: (check: string) => list.find((row) => row.check === check)! };
}

const unreachable = (() => Promise.reject(new TypeError("fetch failed"))) as typeof fetch;

test("doctor finds nothing bad in a fresh home, and names what is wrong in a damaged one", () =>
  withHome(async (home) => {
    await tribd(["init", "mine", "--chain-id", "tributary-1"], { home });
    const layout = homeLayout(home);
    const healthy = await findings(home, unreachable);
    assert.equal(healthy.of("genesis").verdict, "ok");
    assert.equal(healthy.of("validator key").verdict, "ok");
    chmodSync(layout.validatorKey, 0o644);
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    await tribd(["config", "set", "rpc.laddr", `tcp://127.0.0.1:${port}`], { home });
    const warned = await findings(home, unreachable);
    taken.close();
    assert.match(warned.of("validator key").fix!, /chmod 600/);
    assert.match(warned.of("ports").found, new RegExp(`taken: tcp://127.0.0.1:${port}`));
    rmSync(layout.validatorState);
    writeFileSync(layout.genesis, "{}");
    writeFileSync(layout.configToml, 'log_format = "xml"\n');
    const broken = await findings(home, unreachable);
    assert.equal(broken.code, EXIT.failed);
    for (const check of ["validator key", "genesis", "settings", "ports"])
      assert.equal(broken.of(check).verdict, "bad", check);
    assert.match(broken.of("settings").found, /log_format/);
  }));

test("a clock that is behind the chain is bad, one that is a little behind a warning", () =>
  withHome(async (home) => {
    await tribd(["init", "mine"], { home });
    const block = Date.UTC(2026, 0, 1); // The fake node's last block.
    const { fetch } = fakeNode();
    const verdict = async (now: number) => (await findings(home, fetch, now)).of("clock").verdict;
    assert.equal(await verdict(block + 900), "ok");
    assert.equal(await verdict(block - 300), "warn");
    assert.equal(await verdict(block - 2000), "bad");
    assert.equal(await verdict(block + 120_000), "warn");
  }));
