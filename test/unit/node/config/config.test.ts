import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigFault } from "#node/config/fault.js";
import { homeLayout } from "#node/config/home.js";
import {
  identityOf,
  peerId,
  readNodeKey,
  readValidatorKey,
  writeNodeKey,
  writeValidatorKey,
} from "#node/config/identity.js";
import { parsePeerIds, parsePeers } from "#node/config/peers.js";
import { parseEndpoint, type Setting } from "#node/config/kinds.js";
import { loadConfig, parseSettings } from "#node/config/load.js";
import { fileNames, rows } from "#node/config/table.js";
import { renderToml, setInToml } from "#node/config/write.js";

function withFiles(files: Readonly<Record<string, string>>, use: (home: ReturnType<typeof homeLayout>) => void): void {
  const root = mkdtempSync(join(tmpdir(), "tribd-config-"));
  try {
    mkdirSync(join(root, "config"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, "config", name), text);
    use(homeLayout(root));
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("flag beats environment beats file beats default", () => {
  withFiles({ "config.toml": '[rpc]\nladdr = "tcp://127.0.0.1:2"\n' }, (home) => {
    const laddr = (overrides: Parameters<typeof loadConfig>[1]) => loadConfig(home, overrides).config["rpc.laddr"];
    assert.equal(laddr({}), "tcp://127.0.0.1:2");
    assert.equal(laddr({ environment: { TRIBD_RPC_LADDR: "tcp://127.0.0.1:3" } }), "tcp://127.0.0.1:3");
    assert.equal(laddr({ environment: { TRIBD_RPC_LADDR: "tcp://127.0.0.1:3" }, flags: { "rpc.laddr": ":4" } }), ":4");
    assert.equal(loadConfig(home).config["p2p.laddr"], "tcp://0.0.0.0:26656");
  });
});

test("every problem is named at once, with what is allowed", () => {
  withFiles(
    {
      "config.toml": 'log_format = "xml"\nmoniker = 7\nfast_sync = true\n[rpc]\nmax_body_bytes = 1\n',
      "app.toml": "moniker = 'x'\n",
    },
    (home) => {
      assert.throws(
        () => loadConfig(home),
        (error: unknown) => {
          assert.ok(error instanceof ConfigFault);
          const text = error.problems.join("\n");
          assert.match(text, /log_format = "xml" is not allowed: "plain" or "json"/);
          assert.match(text, /moniker = 7 is not allowed: text/);
          assert.match(text, /unknown setting fast_sync/);
          assert.match(text, /rpc.max_body_bytes = 1 is not allowed: a whole number, 1024 to/);
          assert.match(text, /app.toml has an unknown setting moniker \(it belongs into config.toml\)/);
          return true;
        },
      );
    },
  );
});

test("relations between settings are checked", () => {
  withFiles({ "app.toml": 'pruning = "custom"\n' }, (home) =>
    assert.throws(() => loadConfig(home), /pruning-keep-recent/),
  );
});

test("what is written from the table reads back as the defaults", () => {
  for (const file of fileNames) {
    const parsed = parseSettings(file, renderToml(file));
    assert.equal(parsed.size, rows(file).length);
    for (const [name, setting] of rows(file)) {
      assert.deepEqual(setting.check(parsed.get(name)), setting.fallback, `${file} ${name}`);
    }
  }
});

test("setting a value changes its line and no other byte", () => {
  const source = renderToml("config").replace("[p2p]", "# the operator's own words\n[p2p]");
  const changed = setInToml(source, "p2p.persistent_peers", "a@b:1");
  const before = source.split("\n");
  const after = changed.split("\n");
  assert.equal(after.length, before.length);
  assert.deepEqual(
    after.filter((line, i) => line !== before[i]),
    ['persistent_peers = "a@b:1"'],
  );
  const list = setInToml(
    '[rpc]\ncors_allowed_origins = [\n  "a",\n  "b",\n]\nladdr = ""\n',
    "rpc.cors_allowed_origins",
    ["*"],
  );
  assert.equal(list, '[rpc]\ncors_allowed_origins = ["*"]\nladdr = ""\n');
  assert.equal(setInToml("a = 1\n", "rpc.laddr", ":1"), 'a = 1\n\n[rpc]\n\nladdr = ":1"\n');
  assert.equal(setInToml("", "moniker", "x"), 'moniker = "x"\n');
});

test("a list is read from text as its help writes it", () => {
  const { check, fromText } = new Map<string, Setting<unknown>>(rows("config")).get("rpc.cors_allowed_origins")!;
  for (const text of ['["*"]', "*", ' [ "*" ] ']) assert.deepEqual(check(fromText(text)), ["*"], text);
  assert.deepEqual(check(fromText('["https://a.example","https://b.example"]')), [
    "https://a.example",
    "https://b.example",
  ]);
  assert.deepEqual(check(fromText("")), []);
  for (const text of ["[*]", '["*"', "[1]", '["a",["b"]]']) assert.equal(check(fromText(text)), undefined, text);
});

test("an endpoint is host and port, or nothing", () => {
  assert.deepEqual(parseEndpoint("tcp://127.0.0.1:26657"), { host: "127.0.0.1", port: 26657 });
  assert.deepEqual(parseEndpoint(":26660"), { host: "0.0.0.0", port: 26660 });
  assert.deepEqual(parseEndpoint("tcp://[::1]:1"), { host: "::1", port: 1 });
  for (const text of ["", "localhost", "tcp://x:70000", "tcp://a b:1", "udp://x:1"]) {
    assert.equal(parseEndpoint(text), undefined);
  }
});

test("key files read back, and a half that does not belong is refused", () => {
  withFiles({}, (home) => {
    const key = identityOf(new Uint8Array(32).fill(7));
    writeNodeKey(home, key);
    writeValidatorKey(home, key);
    assert.deepEqual(readNodeKey(home), key);
    assert.deepEqual(readValidatorKey(home).publicKey, key.publicKey);
    const mixed = {
      priv_key: {
        type: "tendermint/PrivKeyEd25519",
        value: Buffer.concat([key.seed, new Uint8Array(32)]).toString("base64"),
      },
    };
    writeFileSync(home.nodeKey, JSON.stringify(mixed));
    assert.throws(() => readNodeKey(home), /public key does not match/);
  });
});

test("peers are id@host:port", () => {
  const id = peerId(identityOf(new Uint8Array(32).fill(7)).publicKey);
  assert.deepEqual(parsePeers(` ${id}@10.0.0.1:26656, ${id}@[::1]:1 ,`), [
    { id, host: "10.0.0.1", port: 26656 },
    { id, host: "::1", port: 1 },
  ]);
  for (const text of ["10.0.0.1:26656", `${id}@host`, `${id}@host:0`, `${id.slice(1)}@host:1`]) {
    assert.equal(parsePeers(text), undefined, text);
  }
});

test("node ids are read one by one", () => {
  const id = `12D3KooW${"a".repeat(44)}`;
  assert.deepEqual(parsePeerIds(` ${id}, ${id} ,`), [id, id]);
  assert.equal(parsePeerIds(`${id}@10.0.0.1:26656`), undefined);
});
