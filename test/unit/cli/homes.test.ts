import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { homeLayout } from "#node/config/home.js";
import { readNodeKey, peerId } from "#node/config/identity.js";
import { parsePeers } from "#node/config/peers.js";
import { loadConfig } from "#node/config/load.js";
import { isRejection } from "#proto/rejection.js";
import { parseGenesis } from "#proto/types/genesis.js";
import { EXIT } from "#cli/exit.js";
import { tribd, withHome } from "./harness.js";

const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

test("init writes a whole home with its secrets closed, and never overwrites one", () =>
  withHome(async (home) => {
    const { code, stdout } = await tribd(["init", "mine", "--chain-id", "tributary-1", "-o", "json"], { home });
    assert.equal(code, EXIT.ok);
    const layout = homeLayout(home);
    for (const path of [layout.nodeKey, layout.validatorKey, layout.validatorState]) {
      assert.equal(statSync(path).mode & 0o777, 0o600, path);
    }
    const genesis = parseGenesis(json(layout.genesis));
    assert.ok(!isRejection(genesis));
    assert.equal(genesis.chainId, "tributary-1");
    assert.equal(loadConfig(layout).config.moniker, "mine");
    assert.equal(loadConfig(layout).client["chain-id"], "tributary-1");
    assert.equal((JSON.parse(stdout) as { node_id: string }).node_id, peerId(readNodeKey(layout).publicKey));
    const before = readFileSync(layout.validatorKey);
    const again = await tribd(["init", "mine"], { home });
    assert.equal(again.code, EXIT.failed);
    assert.deepEqual(readFileSync(layout.validatorKey), before);
  }));

test("genesis add-account and add-validator keep the document valid", () =>
  withHome(async (home) => {
    await tribd(["init", "mine", "--chain-id", "tributary-1"], { home });
    const address = (await tribd(["debug", "addr", "11".repeat(20), "-o", "json"], { home })).stdout;
    const account = (JSON.parse(address) as { account: string }).account;
    assert.equal((await tribd(["genesis", "add-account", account, "12.5trib"], { home })).code, EXIT.ok);
    assert.equal((await tribd(["genesis", "add-account", account, "1trib"], { home })).code, EXIT.failed);
    const key = `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${Buffer.alloc(32, 9).toString("base64")}"}`;
    assert.equal((await tribd(["genesis", "add-validator", key, "second"], { home })).code, EXIT.ok);
    const genesis = json(homeLayout(home).genesis) as {
      validators: unknown[];
      app_state: { bank: { balances: unknown[] } };
    };
    assert.equal(genesis.validators.length, 2);
    const [pool, ...rest] = genesis.app_state.bank.balances as { coins: unknown }[];
    assert.deepEqual(pool!.coins, [{ denom: "utrib", amount: "2000000000000" }], "what two validators have bonded");
    assert.deepEqual(rest, [{ address: account, coins: [{ denom: "utrib", amount: "12500000" }] }]);
    assert.equal((await tribd(["genesis", "validate"], { home })).code, EXIT.ok);
  }));

test("a public development key gets no coins outside a development chain", () =>
  withHome(async (home) => {
    await tribd(["init", "mine", "--chain-id", "tributary-1"], { home });
    await tribd(["keys", "add", "alice", "--dev", "--keyring-backend", "test"], { home });
    const refused = await tribd(["genesis", "add-account", "alice", "1trib", "--keyring-backend", "test"], { home });
    assert.equal(refused.code, EXIT.signing);
    assert.match(refused.stderr, /public/);
  }));

test("testnet init-files: one genesis, every peer named, no port twice", () =>
  withHome(async (home) => {
    const root = join(home, "net");
    assert.equal((await tribd(["testnet", "init-files", "--v", "4", "--output-dir", root], { home })).code, EXIT.ok);
    const homes = readdirSync(root)
      .sort()
      .map((name) => homeLayout(join(root, name)));
    assert.equal(homes.length, 4);
    const genesis = readFileSync(homes[0]!.genesis, "utf8");
    const ports = new Set<string>();
    for (const layout of homes) {
      assert.equal(readFileSync(layout.genesis, "utf8"), genesis);
      const { config, app } = loadConfig(layout);
      for (const endpoint of [
        config["rpc.laddr"],
        config["p2p.laddr"],
        config["instrumentation.prometheus_listen_addr"],
        app["api.address"],
      ]) {
        ports.add(endpoint.split(":").at(-1)!);
      }
      const own = peerId(readNodeKey(layout).publicKey);
      const peers = parsePeers(config["p2p.persistent_peers"])!;
      assert.equal(peers.length, 3);
      assert.ok(!peers.some((peer) => peer.id === own));
    }
    assert.equal(ports.size, 16);
    assert.equal((await tribd(["keys", "list", "-q", "--home", homes[3]!.root])).stdout.split("\n").length - 1, 9);
    assert.equal((await tribd(["testnet", "init-files", "--output-dir", root], { home })).code, EXIT.failed);
  }));

test("every module takes the genesis that is made, for development and for production", () =>
  withHome(async (home) => {
    for (const chain of ["tributary-1", "tributary-dev-1"]) {
      const root = join(home, chain);
      await tribd(["testnet", "init-files", "--v", "1", "--output-dir", root, "--chain-id", chain], { home });
      const validated = await tribd(["genesis", "validate", "--home", join(root, "val0"), "-o", "json"], { home });
      assert.equal(validated.code, EXIT.ok, validated.stderr);
      assert.equal((JSON.parse(validated.stdout) as { chain_id: string }).chain_id, chain);
      const { config, app } = loadConfig(homeLayout(join(root, "val0")));
      const webPages = [config["rpc.cors_allowed_origins"], app["api.enabled-unsafe-cors"]];
      assert.deepEqual(webPages, chain === "tributary-1" ? [[], false] : [["*"], true], "who may call from a browser");
    }
  }));

test("genesis validate names the module and the field that is wrong", () =>
  withHome(async (home) => {
    await tribd(["init", "mine"], { home });
    const path = homeLayout(home).genesis;
    const document = json(path) as { app_state: Record<string, unknown> };
    for (const [state, words] of [
      [{ ...document.app_state, payout: { params: { hold_back: "1" } } }, /app_state\.payout\.params\.hold_back/],
      [{ ...document.app_state, staking: {} }, /app_state\.staking/],
      [{ ...document.app_state, chain: {} }, /app_state\.chain\.bech32_prefix/],
    ] as const) {
      writeFileSync(path, JSON.stringify({ ...document, app_state: state }));
      const { code, stderr } = await tribd(["genesis", "validate"], { home });
      assert.equal(code, EXIT.failed);
      assert.match(stderr, words);
    }
  }));

test("genesis validate names mistyped and doubled keys", () =>
  withHome(async (home) => {
    await tribd(["init", "mine"], { home });
    const path = homeLayout(home).genesis;
    const text = readFileSync(path, "utf8");
    for (const [from, to, words] of [
      ['"app_hash"', '"app_hush": 1, "app_hash"', /app_hush is read by nothing; is app_hash meant\?/],
      ['"power"', '"pover": "5", "power"', /validators\[0\]\.pover is read by nothing; is power meant/],
      ['"max_bytes"', '"max_byte": "1", "max_bytes"', /consensus_params\.block\.max_byte is read by nothing/],
      ['"bank": {', '"bank": { "balance": [],', /app_state\.bank\.balance is read by nothing; is balances meant/],
      ['"payout": {', '"payout": { "parms": {},', /app_state\.payout\.parms/],
      ['"chain_id"', '"chain_id": "twice", "chain_id"', /chain_id.* twice/],
    ] as const) {
      const changed = text.replace(from, to);
      assert.notEqual(changed, text, from);
      writeFileSync(path, changed);
      const { code, stderr } = await tribd(["genesis", "validate"], { home });
      assert.equal(code, EXIT.failed, stderr);
      assert.match(stderr, words);
    }
  }));
