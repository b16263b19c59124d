import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { entropyToMnemonic, mnemonicToSeedSync } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { fromHex, toHex } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { accountAddress, secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { EXIT } from "#cli/exit.js";
import { developmentAccounts } from "#cli/dev/accounts.js";
import { refuseDevelopmentKey, developmentKeys } from "#cli/dev/guard.js";
import { checkMnemonic, deriveSecretKey, hdPath } from "#cli/keyring/hd.js";
import { Keyring } from "#cli/keyring/keyring.js";
import { tribd, withHome } from "./harness.js";

const ABOUT = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const secret = fromHex("11".repeat(32))!;
let salt = 0;
const ports = (password: string, asked = { count: 0 }) => ({
  random: (bytes: number) => new Uint8Array(bytes).fill(++salt),
  password: async () => {
    asked.count++;
    return password;
  },
  scryptN: 2 ** 10,
});

test("published BIP-39 vectors (trezor)", () => {
  assert.equal(entropyToMnemonic(fromHex("00".repeat(16))!, wordlist), ABOUT);
  assert.equal(
    toHex(mnemonicToSeedSync(ABOUT, "TREZOR")),
    "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
  );
  assert.throws(() => checkMnemonic(`${ABOUT} about`), /not a mnemonic: the checksum/);
  assert.throws(() => checkMnemonic("abandn about"), /"abandn" is not a BIP-39 word/);
});

test("keys are those that Cosmos wallets derive", async () => {
  const address = accountAddress(secp256k1PublicKey(deriveSecretKey(ABOUT, hdPath(0, 0))));
  assert.equal(toBech32("cosmos", address), "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4");
  for (const { mnemonic } of developmentAccounts) {
    const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: "trib" });
    const own = accountAddress(secp256k1PublicKey(deriveSecretKey(mnemonic, hdPath(0, 0))));
    assert.equal(toBech32("trib", own), (await wallet.getAccounts())[0]!.address);
  }
});

test("a key comes back with the password, asked once, and its file is the owner's alone", () =>
  withHome(async (home) => {
    const asked = { count: 0 };
    const keyring = new Keyring("file", home, ports("correct horse", asked));
    const added = await keyring.add("alice", secret);
    await keyring.add("bob", fromHex("22".repeat(32))!);
    assert.deepEqual(await keyring.secretKey("alice"), secret);
    assert.equal(asked.count, 1);
    const path = join(home, "keyring-file", "alice.json");
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(home, "keyring-file")).mode & 0o777, 0o700);
    assert.ok(!readFileSync(path, "utf8").includes(toHex(secret)));
    assert.deepEqual(keyring.byAddress(added.address)?.name, "alice");
    assert.deepEqual(
      keyring.list().map((key) => key.name),
      ["alice", "bob"],
    );
  }));

test("a stray file hides no key, and is named", () =>
  withHome(async (home) => {
    const keyring = new Keyring("test", home, ports("unused"));
    const { address } = await keyring.add("alice", secret);
    writeFileSync(join(keyring.folder, "notes.json"), "{}");
    mkdirSync(join(keyring.folder, "folder.json"));
    assert.equal(keyring.byAddress(address)?.name, "alice");
    await keyring.add("bob", fromHex("22".repeat(32))!);
    const { code, stdout, stderr } = await tribd(["keys", "list", "-q", "--keyring-backend", "test"], { home });
    assert.deepEqual([code, stdout.trim().split("\n")], [EXIT.ok, ["alice", "bob"]]);
    assert.match(stderr, /notes\.json: the file of key "notes" is not a key file/);
    assert.match(stderr, /folder\.json: /);
  }));

test("a wrong password is refused, for reading and for adding", () =>
  withHome(async (home) => {
    await new Keyring("file", home, ports("correct horse")).add("alice", secret);
    const wrong = new Keyring("file", home, ports("correct house"));
    await assert.rejects(wrong.secretKey("alice"), { name: "CliFault", exit: EXIT.signing, code: "wrong_password" });
    await assert.rejects(wrong.add("bob", secret), { code: "wrong_password" });
    assert.equal(wrong.find("bob"), undefined);
  }));

test("a changed key file is refused, whatever was changed", () =>
  withHome(async (home) => {
    const keyring = new Keyring("file", home, ports("correct horse"));
    await keyring.add("alice", secret);
    await keyring.add("bob", fromHex("22".repeat(32))!);
    const path = join(home, "keyring-file", "alice.json");
    const json = JSON.parse(readFileSync(path, "utf8")) as { crypto: Record<string, unknown>; pubkey: unknown };
    const other = JSON.parse(readFileSync(join(home, "keyring-file", "bob.json"), "utf8")) as typeof json;
    const flip = (text: unknown): string => (String(text).startsWith("0") ? "1" : "0") + String(text).slice(1);
    const crypto = json.crypto;
    const tampered = [
      { ...json, pubkey: other.pubkey }, // Another key's address in front of this secret.
      { ...json, crypto: { ...crypto, ciphertext: flip(crypto["ciphertext"]) } },
      { ...json, crypto: { ...crypto, tag: flip(crypto["tag"]) } },
      { ...json, crypto: { ...crypto, nonce: flip(crypto["nonce"]) } },
      { ...json, crypto: { ...crypto, salt: flip(crypto["salt"]) } },
      { ...json, crypto: { ...crypto, n: 2 ** 30 } },
      { ...json, crypto: { ...crypto, kdf: "none" } },
      { ...json, version: 2 },
    ];
    for (const changed of tampered) {
      writeFileSync(path, JSON.stringify(changed));
      await assert.rejects(new Keyring("file", home, ports("correct horse")).secretKey("alice"), {
        name: "CliFault",
        exit: EXIT.signing,
      });
    }
  }));

test("names cannot leave the folder", () =>
  withHome(async (home) => {
    const keyring = new Keyring("test", home, ports(""));
    for (const name of ["../evil", "a/b", "", ".hidden", "x".repeat(65)]) {
      await assert.rejects(keyring.add(name, secret), /cannot be a key's name/);
    }
    assert.equal(keyring.find("../keyring-test/x"), undefined);
  }));

test("keys: add, show, rename, export, import, delete through the command line", () =>
  withHome(async (home) => {
    const test = ["--keyring-backend", "test"];
    const added = await tribd(["keys", "add", "alice", "--recover", ...test, "-o", "json"], {
      home,
      stdin: `${ABOUT}\n`,
    });
    assert.equal(added.code, EXIT.ok);
    const key = JSON.parse(added.stdout) as { address: string; pubkey: string };
    assert.match(key.address, /^trib1/);
    assert.equal((await tribd(["keys", "show", "alice", "-a", ...test], { home })).stdout, `${key.address}\n`);
    assert.equal((await tribd(["keys", "show", key.address, "-p", ...test], { home })).stdout, `${key.pubkey}\n`);
    assert.equal((await tribd(["keys", "rename", "alice", "anna", ...test], { home })).code, EXIT.ok);
    assert.equal((await tribd(["keys", "show", "alice", ...test], { home })).code, EXIT.signing);
    const password = join(home, "pw");
    writeFileSync(password, "long enough\n");
    const exported = await tribd(["keys", "export", "anna", "--export-password-file", password, ...test], { home });
    const file = join(home, "anna.json");
    writeFileSync(file, exported.stdout);
    const imported = await tribd(
      ["keys", "import", "copy", file, "--export-password-file", password, ...test, "-o", "json"],
      { home },
    );
    assert.equal((JSON.parse(imported.stdout) as { address: string }).address, key.address);
    assert.equal((await tribd(["keys", "delete", "copy", "--confirm", "other", ...test], { home })).code, EXIT.usage);
    assert.equal((await tribd(["keys", "delete", "copy", "--confirm", "copy", ...test], { home })).code, EXIT.ok);
    assert.equal((await tribd(["keys", "list", "-q", ...test], { home })).stdout, "anna\n");
  }));

test("watch-only keys have an address and do not sign", () =>
  withHome(async (home) => {
    const keyring = new Keyring("file", home, ports("unused password"));
    keyring.addWatchOnly("cold", secp256k1PublicKey(secret));
    await assert.rejects(keyring.secretKey("cold"), { code: "watch_only" });
  }));

test("development keys sign on development chains only", () => {
  const [alice] = developmentKeys();
  refuseDevelopmentKey(alice!.address, "tributary-dev-1");
  assert.throws(() => refuseDevelopmentKey(alice!.address, "tributary-1"), { code: "development_key" });
  refuseDevelopmentKey(accountAddress(secp256k1PublicKey(secret)), "tributary-1");
});
