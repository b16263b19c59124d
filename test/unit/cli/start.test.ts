import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT } from "#cli/exit.js";
import { homeLayout } from "#node/config/home.js";
import { tribd, withHome, type Outcome } from "./harness.js";

const FREE = {
  TRIBD_P2P_LADDR: "tcp://127.0.0.1:0",
  TRIBD_RPC_LADDR: "tcp://127.0.0.1:0",
  TRIBD_API_ADDRESS: "tcp://127.0.0.1:0",
};

/** Starts the node of a home that cannot be started; all that it opened is closed again when this returns. */
async function start(home: string, settings: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const outcome = await tribd(["start", "--log-level", "none"], { home, environment: { ...FREE, ...settings } });
  assert.equal(outcome.code, EXIT.notStarted, outcome.stderr);
  assert.doesNotMatch(outcome.stderr, /bug:|not closed/);
  return outcome;
}

test("a listener whose port is taken: the setting, the reason, the next step; and all else is closed again", () =>
  withHome(async (home) => {
    await tribd(["init", "a"], { home });
    const occupier = createServer().listen(0, "127.0.0.1");
    await once(occupier, "listening");
    const { port } = occupier.address() as AddressInfo;
    const address = `tcp://127.0.0.1:${port}`;
    const peer = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";
    const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      "p2p.laddr": { TRIBD_P2P_LADDR: address },
      "rpc.laddr": { TRIBD_RPC_LADDR: address },
      "api.address": { TRIBD_API_ADDRESS: address },
      "instrumentation.prometheus_listen_addr": {
        TRIBD_INSTRUMENTATION_PROMETHEUS: "true",
        TRIBD_INSTRUMENTATION_PROMETHEUS_LISTEN_ADDR: address,
      },
      priv_validator_laddr: { TRIBD_PRIV_VALIDATOR_LADDR: address, TRIBD_PRIV_VALIDATOR_PEER_ID: peer },
    };
    try {
      for (const [setting, settings] of Object.entries(cases)) {
        const { stderr } = await start(home, settings);
        assert.match(stderr, new RegExp(`error: cannot listen on 127.0.0.1:${port} \\(${setting}\\): it is taken`));
        assert.match(stderr, /^ {2}stop that one, or choose another port$/m);
      }
    } finally {
      occupier.close();
    }
  }));

const breaks: Readonly<Record<string, readonly [broken: (home: string) => void, says: RegExp]>> = {
  "a file where data/ belongs": [
    (home) => {
      rmSync(join(home, "data"), { recursive: true });
      writeFileSync(join(home, "data"), "");
    },
    /data.*: a file stands where a directory belongs/,
  ],
  "a directory where the genesis belongs": [
    (home) => {
      rmSync(join(home, "config", "genesis.json"));
      mkdirSync(join(home, "config", "genesis.json"));
    },
    /genesis\.json cannot be read: it is a directory where a file belongs/,
  ],
  "settings in Latin-1": [
    (home) => writeFileSync(join(home, "config", "config.toml"), Buffer.from('moniker = "Zürich"\n', "latin1")),
    /config\.toml is not UTF-8/,
  ],
  "a key twice in the genesis": [
    (home) => {
      const path = join(home, "config", "genesis.json");
      writeFileSync(path, readFileSync(path, "utf8").replace('"bank": {', '"bank": {"balances": [],'));
    },
    /genesis\.json: app_state\.bank\.balances occurs twice/,
  ],
  "a key twice in the validator's key": [
    (home) => {
      const path = join(home, "config", "priv_validator_key.json");
      writeFileSync(path, readFileSync(path, "utf8").replace("{", '{"address": "00",'));
    },
    /priv_validator_key\.json: address occurs twice/,
  ],
};
for (const [name, [broken, says]] of Object.entries(breaks)) {
  test(`a home that cannot be started is named: ${name}`, () =>
    withHome(async (home) => {
      await tribd(["init", "a"], { home });
      broken(home);
      assert.match((await start(home)).stderr, says);
    }));
}

test("a database of which a file is missing is not begun anew", () =>
  withHome(async (home) => {
    await tribd(["init", "a"], { home });
    const { data, begun } = homeLayout(home);
    const database = join(data, "chain.db");
    const occupied = { TRIBD_API_ADDRESS: "tcp://192.0.2.1:1" }; // No address of this machine: the start ends there.
    assert.match((await start(home, occupied)).stderr, /this machine has no such address/);
    rmSync(join(database, "CURRENT"));
    assert.match((await start(home)).stderr, /chain\.db\/CURRENT is missing/);
    assert.ok(!existsSync(join(database, "CURRENT")));
    // The home ran before, and its disk is not mounted.
    rmSync(database, { recursive: true });
    writeFileSync(begun, "{}");
    assert.match((await start(home)).stderr, /chain\.db is empty, but blocks were there before/);
    assert.ok(!existsSync(database), "nothing is made there");
    mkdirSync(database);
    assert.match((await start(home)).stderr, /chain\.db is empty, but blocks were there before/);
  }));

test("what changes the data or the key of a home leaves it alone while a process works there; the keyring does not ask", () =>
  withHome(async (home) => {
    await tribd(["init", "a"], { home });
    const script = `
      import { homeLayout } from "#node/config/home.js";
      import { lockHome } from "#node/home/home-lock.js";
      await lockHome(homeLayout(process.argv[1]));
      process.stdout.write("locked");
      setInterval(() => undefined, 1000);`;
    const node = spawn(process.execPath, ["--input-type=module", "-e", script, home]);
    const before = readdirSync(join(home, "data"));
    try {
      await once(node.stdout, "data");
      const refused: readonly (readonly string[])[] = [
        ["comet", "unsafe-reset-all", "--yes"],
        ["init", "b"],
        ["signer", "init", "--chain-id", "x-dev-1"],
        ["genesis", "add-account", "trib1j7d3cxyp0x2uryyv68t3u90znfwkl59c6nrsz0", "1trib"],
        ["snapshots", "create"],
        ["export"],
        ["signer", "start", "--node", "unix:///nowhere", "--chain-id", "x-dev-1"],
        ["start"],
      ];
      for (const argv of refused) {
        const { code, stderr } = await tribd(argv, { home, environment: FREE });
        assert.match(stderr, /another process works in .*stop it first/, argv.join(" "));
        assert.notEqual(code, EXIT.ok);
      }
      assert.deepEqual(readdirSync(join(home, "data")), before);
      for (const argv of [
        ["keys", "add", "alice", "--dev", "--keyring-backend", "test"],
        ["config", "set", "moniker", "b"],
      ]) {
        assert.equal((await tribd(argv, { home })).code, EXIT.ok, argv.join(" "));
      }
    } finally {
      node.kill("SIGKILL");
    }
    await once(node, "exit");
    assert.equal((await tribd(["comet", "unsafe-reset-all", "--yes"], { home })).code, EXIT.ok);
  }));
