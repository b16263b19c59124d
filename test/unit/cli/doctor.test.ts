import assert from "node:assert/strict";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { readGenesis } from "#cli/genesis/file.js";
import { networkOf } from "#node/compose/host.js";
import { osClock } from "#node/runtime/clock.js";
import { Switch } from "#p2p/switch/switch.js";
import { createLibp2pTransport } from "#p2p/transport/libp2p/transport.js";
import { utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
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
    for (const check of ["validator key", "genesis", "settings", "ports"]) {
      assert.equal(broken.of(check).verdict, "bad", check);
    }
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

test("status says that a node has no peers", () =>
  withHome(async (home) => {
    const said = async (isAlone: boolean) =>
      (await tribd(["status"], { home, fetch: fakeNode({ isAlone }).fetch })).stderr;
    assert.match(await said(true), /the node has no peers.*tribd doctor/);
    assert.equal(await said(false), "");
  }));

test("doctor dials the configured peers: present, with another key, of another chain", () =>
  withHome(async (home) => {
    await tribd(["init", "mine", "--chain-id", "tributary-1"], { home });
    const layout = homeLayout(home);
    assert.match((await findings(home, unreachable)).of("peers").found, /this validator decides alone/);
    const genesis = readGenesis(layout.genesis);
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const free = (closed.address() as AddressInfo).port;
    closed.close();
    const there = await listening(networkOf(genesis));
    const foreign = await listening("tributary-2-00000000");
    const peer = (id: string, port: number): string => `${id}@127.0.0.1:${port}`;
    const found = async (...peers: string[]) => {
      await tribd(["config", "set", "p2p.persistent_peers", peers.join(",")], { home });
      return (await findings(home, unreachable)).of("peers");
    };
    try {
      assert.deepEqual(await found(peer(there.id, there.port)), {
        check: "peers",
        verdict: "ok",
        found: "1 of 1 reached",
      });
      const some = await found(peer(there.id, there.port), peer(foreign.id, free));
      assert.deepEqual([some.verdict, some.found], ["warn", "1 of 2 reached"]);
      assert.match(some.fix!, new RegExp(`127.0.0.1:${free}: no TCP connection \\(ECONNREFUSED\\)`));
      const another = await found(peer(foreign.id, there.port));
      assert.equal(another.verdict, "bad");
      assert.match(another.fix!, /another node listens there/);
      assert.match((await found(peer(foreign.id, foreign.port))).fix!, /it is of another chain/);
    } finally {
      await Promise.all([there.stop(), foreign.stop()]);
    }
  }));

async function listening(network: string): Promise<{ id: string; port: number; stop(): Promise<void> }> {
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const clock = osClock();
  const transport = await createLibp2pTransport(
    { seed: sha256(utf8(network)), listen: ["/ip4/127.0.0.1/tcp/0"], network },
    { clock, log: silent },
  );
  const host = new Switch(
    { transport, persistentPeers: [], peersMax: 10 },
    { clock, random: { below: () => 0 }, log: silent },
  );
  await host.start();
  const port = Number(/\/tcp\/([0-9]+)/.exec(host.addresses()[0]!)![1]);
  return { id: host.id, port, stop: () => host.stop() };
}
